import { spawnSync } from 'node:child_process';
import { runStep, SetupError } from './step.mjs';

/** Null where there is no dpkg: no Debian, where whoever needs something finds out itself. */
function missingOf(names: readonly string[]): string[] | null {
  const { error, stdout } = spawnSync('dpkg-query', ['--status', ...names], { encoding: 'utf8' });
  if (error) return null;
  const installed = new Set(
    stdout
      .split('\n\n')
      .filter((paragraph) => paragraph.includes('\nStatus: install ok installed\n'))
      .map((paragraph) => /^Package: (.*)$/m.exec(paragraph)?.[1]),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs the Debian packages that are missing.
 * @throws SetupError that says what to install and why, where this user may not or apt-get can't
 */
export async function ensureDebianPackages(names: readonly string[], why: string): Promise<void> {
  const missing = missingOf(names);
  if (!missing || missing.length === 0) return;
  const wanted = missing.join(' ');
  if (process.getuid?.() !== 0)
    throw new SetupError(
      `${why} needs root or these Debian packages: ${wanted}.\n  Ask for them: sudo apt-get install --no-install-recommends ${wanted}`,
    );
  console.log(`   Debian packages for ${why}: ${wanted}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const failure = `apt-get could not install what ${why} needs`;
  // Another apt-get may be at work; and one that was interrupted wants to be finished first.
  const patient = ['-o', 'DPkg::Lock::Timeout=600'];
  await runStep({ failure, file: 'dpkg', args: ['--configure', '-a'], env });
  await runStep({ failure, file: 'apt-get', args: ['update', '-qq', ...patient], env });
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...patient, ...missing];
  await runStep({ failure, file: 'apt-get', args: install, env });
}
