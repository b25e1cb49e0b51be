/** The platforms a VSIX is made for, in vsce's names, and what each means to npm and to Dawn. */
export const platforms = {
  'linux-x64': { os: 'linux', cpu: 'x64', dawn: 'linux-x64' },
  'linux-arm64': { os: 'linux', cpu: 'arm64', dawn: 'linux-arm64' },
  'darwin-x64': { os: 'darwin', cpu: 'x64', dawn: 'darwin-universal' },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64', dawn: 'darwin-universal' },
  'win32-x64': { os: 'win32', cpu: 'x64', dawn: 'win32-x64' },
} as const;
export type Platform = keyof typeof platforms;

/** The platform this process runs on; an error names the ones there are. */
export function currentPlatform(): Platform {
  const name = `${process.platform}-${process.arch}`;
  if (name in platforms) return name as Platform;
  throw new Error(`There is no VSIX for ${name}; there is one for ${Object.keys(platforms).join(', ')}.`);
}
