import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDebianPackages } from '../../workbench/debian';

/**
 * SwiftShader, a Vulkan GPU in software, from Debian's Chromium: tells the Vulkan loader of this process to use it.
 * Debian's other one, lavapipe, is too old for Dawn.
 */
export function ensureSwiftShader(): void {
  ensureDebianPackages(['chromium', 'libvulkan1'], 'WebGPU without a GPU (SwiftShader)');
  const files = execFileSync('dpkg', ['-L', 'chromium', 'chromium-common'], { encoding: 'utf8' }).split('\n');
  const driver = files.find((file) => file.endsWith('vk_swiftshader_icd.json'));
  if (!driver)
    throw new Error('Debian’s chromium has no vk_swiftshader_icd.json: there is no GPU to test WebGPU on.');
  process.env.VK_ICD_FILENAMES = driver;
  process.env.VK_DRIVER_FILES = driver;
  process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), 'involution-lab-xdg-'));
}
