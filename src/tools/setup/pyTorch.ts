import { join } from 'node:path';
import { cacheFolder } from '../../node/cacheFolder';
import { ensureKeras, pipEnvironment } from './keras';
import { makeOnce } from './once';
import { requireRoom, runStep } from './step.mjs';

const version = '2.13.0+cpu';
/** Of PyTorch's builds without CUDA, which PyPI has not for Linux. */
const index = 'https://download.pytorch.org/whl/cpu';

/** PyTorch for the Python that has Keras: that Python, and the folder that its PYTHONPATH should be. */
export async function ensurePyTorch(): Promise<{ python: string; folder: string }> {
  const { python } = await ensureKeras();
  const folder = join(cacheFolder(), `pytorch-${version}`);
  await makeOnce(folder, async () => {
    requireRoom(`torch ${version}`, folder, 1.2);
    console.log(`   torch ${version} into ${folder} (190 MB to download, 0.8 GB on disk)`);
    await runStep({
      failure: `pip could not install torch ${version}`,
      file: python,
      args: [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', folder],
        ...['--extra-index-url', index, `torch==${version}`],
      ],
      env: pipEnvironment(),
    });
  });
  return { python, folder };
}
