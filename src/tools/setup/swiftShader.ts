import { existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureChromium } from './chromium';
import { ensureDebianPackages } from './debian';
import { SetupError } from './step.mjs';

/**
 * SwiftShader, a Vulkan GPU in software, from Chromium: tells the Vulkan loader of this process to use it. Debian's other
 * one, lavapipe, is too old for Dawn. Windows and macOS bring an adapter of their own.
 */
export async function ensureSwiftShader(): Promise<void> {
  if (process.platform !== 'linux') return;
  const chromium = await ensureChromium();
  await ensureDebianPackages(['libvulkan1'], 'WebGPU without a GPU (SwiftShader)');
  const folders = [dirname(realpathSync(chromium)), '/usr/lib/chromium', '/opt/google/chrome'];
  const driver = folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync);
  if (!driver)
    throw new SetupError(
      `${chromium} comes without vk_swiftshader_icd.json: there is no GPU to test WebGPU on.\n  Install Debian's chromium, or Chrome.`,
    );
  process.env.VK_ICD_FILENAMES = driver;
  process.env.VK_DRIVER_FILES = driver;
  process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), 'involution-lab-xdg-'));
}
