import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../node/cacheFolder';
import { npmProxy } from '../../node/programs.mjs';
import { ensureDebianPackages } from './debian';
import { makeOnce } from './once';
import { requireRoom, runStep, SetupError } from './step.mjs';

const version = '2.21.0';

/** A Python with TensorFlow and Keras of its own, made when it is not there; and the folder of that TensorFlow. */
export async function ensureKeras(): Promise<{ python: string; tensorFlow: string }> {
  const environment = join(cacheFolder(), `keras-${version}`);
  const python = join(environment, 'bin', 'python');
  await makeOnce(environment, async () => {
    if (spawnSync('python3', ['-c', 'import ensurepip, venv']).status !== 0)
      await ensureDebianPackages(['python3', 'python3-venv'], `tensorflow-cpu ${version}`);
    requireRoom(`tensorflow-cpu ${version}`, environment, 2.5);
    console.log(`   tensorflow-cpu ${version} into ${environment} (320 MB to download, 1.5 GB on disk)`);
    await runStep({
      failure: 'Python could not make a virtual environment',
      file: 'python3',
      args: ['-m', 'venv', environment],
    });
    await runStep({
      failure: `pip could not install tensorflow-cpu ${version}, which needs Python 3.10 to 3.13`,
      file: python,
      args: ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `tensorflow-cpu==${version}`],
      env: pipEnvironment(),
    });
  });
  const tensorFlow = tensorFlowIn(environment);
  if (!tensorFlow)
    throw new SetupError(
      `${environment} has no tensorflow-cpu ${version}.\n  Delete that folder, then run this again.`,
    );
  return { python, tensorFlow };
}

/** Without PIP_RETRIES pip waits minutes for indexes that can't be reached. */
export const pipEnvironment = (): NodeJS.ProcessEnv => ({ PIP_RETRIES: '0', ...pipProxy(), ...process.env });

/** A proxy that only npm was told of serves pip as well. */
function pipProxy(): NodeJS.ProcessEnv {
  const proxy = npmProxy();
  return proxy ? { PIP_PROXY: proxy } : {};
}

function tensorFlowIn(environment: string): string | null {
  const lib = join(environment, 'lib');
  const pythons = existsSync(lib) ? readdirSync(lib) : [];
  const folders = pythons.map((name) => join(lib, name, 'site-packages', 'tensorflow'));
  return folders.find((folder) => existsSync(folder)) ?? null;
}
