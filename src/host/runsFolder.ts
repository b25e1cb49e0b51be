import { isAbsolute, join } from 'node:path';

/** Where runs are kept: see the setting `involutionLab.runsFolder`. */
export function locateRunsFolder(
  setting: string,
  workspaceFolder: string | undefined,
  extensionStorage: string,
): string {
  if (isAbsolute(setting)) return setting;
  return workspaceFolder ? join(workspaceFolder, setting) : join(extensionStorage, 'runs');
}
