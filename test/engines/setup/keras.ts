import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../src/node/cacheFolder';
import { ensureDebianPackages } from '../../workbench/debian';

const version = '2.21.0';

/** A Python with TensorFlow and Keras of its own, made when it is not there; and the folder of that TensorFlow. */
export function ensureKeras(): { python: string; tensorFlow: string } {
  const environment = join(cacheFolder(), 'keras');
  const python = join(environment, 'bin', 'python');
  const installed = tensorFlowIn(environment);
  if (installed) return { python, tensorFlow: installed };
  ensureDebianPackages(['python3', 'python3-venv'], `tensorflow-cpu ${version}`);
  console.log(`Installing tensorflow-cpu ${version} into ${environment} (1.5 GB)`);
  run('python3', ['-m', 'venv', environment], 'Python could not make a virtual environment');
  run(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `tensorflow-cpu==${version}`],
    `pip could not install tensorflow-cpu ${version}, which needs Python 3.10 to 3.13`,
  );
  const tensorFlow = tensorFlowIn(environment);
  if (!tensorFlow) throw new Error(`${environment} has no tensorflow-cpu ${version} after its installation.`);
  return { python, tensorFlow };
}

/** Its metadata are the last that pip writes. */
function tensorFlowIn(environment: string): string | null {
  const lib = join(environment, 'lib');
  const pythons = existsSync(lib) ? readdirSync(lib) : [];
  const packages = pythons.map((name) => join(lib, name, 'site-packages'));
  const found = packages.find((folder) => existsSync(join(folder, `tensorflow_cpu-${version}.dist-info`)));
  return found ? join(found, 'tensorflow') : null;
}

function run(file: string, args: string[], failure: string): void {
  try {
    // Without PIP_RETRIES pip waits minutes for indexes that can't be reached.
    execFileSync(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PIP_RETRIES: '0', ...process.env },
    });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: Buffer };
    throw new Error(`${failure}: ${String(stderr).trim().slice(-1000) || message}`);
  }
}
