import { existsSync } from 'node:fs';
import { ensureDebianPackages } from './debian';
import { SetupError } from './step.mjs';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The executable of the Chromium on this machine, else of Debian's, which is installed then. */
export async function ensureChromium(): Promise<string> {
  const find = () => candidates.find((path) => path && existsSync(path));
  if (!find()) await ensureDebianPackages(['chromium'], 'the tests of what people see');
  const found = find();
  if (found) return found;
  throw new SetupError(
    'No Chromium was found.\n  Install Chromium or Chrome, or set CHROMIUM_PATH to its executable.',
  );
}
