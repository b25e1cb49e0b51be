import { existsSync, readdirSync } from 'node:fs';

/**
 * Whether this machine may have a graphics processor. On Linux a look at the device files tells, in no time; elsewhere
 * only an engine that asks the driver can.
 */
export function mayHaveGraphicsDevice(platform = process.platform, devices = '/dev'): boolean {
  if (platform !== 'linux') return true;
  const nvidiaOrWindowsOrAmd = ['nvidia0', 'dxg', 'kfd'].some((name) => existsSync(`${devices}/${name}`));
  return nvidiaOrWindowsOrAmd || renderNodes(`${devices}/dri`).length > 0;
}

function renderNodes(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith('renderD'));
}
