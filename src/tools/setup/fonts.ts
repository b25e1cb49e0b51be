import { spawnSync } from 'node:child_process';
import { ensureDebianPackages } from './debian';
import { SetupError } from './step.mjs';

/** Fonts for what is drawn on Linux, Chinese included; other systems bring theirs. */
export async function ensureFonts(): Promise<void> {
  if (process.platform !== 'linux' || hasFonts()) return;
  await ensureDebianPackages(
    ['fontconfig', 'fonts-dejavu-core', 'fonts-noto-cjk'],
    'pictures with words, Chinese ones too',
  );
  if (!hasFonts())
    throw new SetupError(
      'No font with Chinese characters was found.\n  Install one, Noto Sans CJK for example.',
    );
}

const hasFonts = () => ['en', 'zh-cn'].every((language) => fontsOf(language) !== '');

function fontsOf(language: string): string {
  return spawnSync('fc-list', [`:lang=${language}`, 'family'], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
