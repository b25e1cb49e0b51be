import { type Browser, chromium } from 'playwright-core';
import { ensureChromium } from '../../src/tools/setup/chromium';
import { ensureFonts } from '../../src/tools/setup/fonts';

/** Headless Chromium, with fonts for what it draws. */
export async function launchChromium(): Promise<Browser> {
  await ensureFonts();
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
