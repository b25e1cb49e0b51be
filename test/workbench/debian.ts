import { execFileSync } from 'node:child_process';

function installed(name: string): boolean {
  try {
    const status = execFileSync('dpkg-query', ['--status', name], { encoding: 'utf8', stdio: 'pipe' });
    return status.includes('Status: install ok installed');
  } catch {
    return false;
  }
}

/** Installs the Debian packages that are missing. Where that is not possible, an error that says what to install and why. */
export function ensureDebianPackages(names: string[], why: string): void {
  if (process.platform !== 'linux') return;
  const missing = names.filter((name) => !installed(name));
  if (missing.length === 0) return;
  const wanted = missing.join(' ');
  if (process.getuid?.() !== 0)
    throw new Error(`${why} needs ${wanted}. Install it with: sudo apt-get install ${wanted}`);
  console.log(`Installing ${wanted} (${why})`);
  try {
    const options = { stdio: 'pipe', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
  } catch (error) {
    throw new Error(`${why} needs ${wanted}, and apt-get could not install it: ${(error as Error).message}`);
  }
}
