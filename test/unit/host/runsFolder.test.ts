// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings are written so.
import { describe, expect, it } from 'vitest';
import { locateRunsFolder, type Surroundings, UnresolvedSetting } from '../../../src/host/runsFolder';

const linux: Surroundings = {
  workspaceFolders: [
    { name: 'app', path: '/work space/app' },
    { name: 'data', path: '/data' },
  ],
  home: '/home/ada',
  environment: { SCRATCH: '/scratch/ada', EMPTY: '' },
  extensionStorage: '/storage',
  platform: 'linux',
};
const windows: Surroundings = {
  workspaceFolders: [{ name: 'app', path: 'C:\\work space\\app' }],
  home: 'C:\\Users\\ada',
  environment: { SCRATCH: 'D:\\scratch' },
  extensionStorage: 'C:\\storage',
  platform: 'win32',
};
const alone = { ...linux, workspaceFolders: [] };

const unresolved = (setting: string, surroundings = linux) => {
  try {
    return locateRunsFolder(setting, surroundings);
  } catch (error) {
    if (!(error instanceof UnresolvedSetting)) throw error;
    return [error.variable, error.reason];
  }
};

describe('the runs folder', () => {
  it.each([
    ['.involution/runs', '/work space/app/.involution/runs'],
    ['/runs', '/runs'],
    ['/runs/../other', '/other'],
    ['~', '/home/ada'],
    ['~/runs', '/home/ada/runs'],
    ['a~/b', '/work space/app/a~/b'],
    ['${workspaceFolder}/runs', '/work space/app/runs'],
    ['${workspaceFolder:data}/runs', '/data/runs'],
    ['${userHome}/runs', '/home/ada/runs'],
    ['${env:SCRATCH}/runs', '/scratch/ada/runs'],
    ['${env:SCRATCH}${/}runs${pathSeparator}a', '/scratch/ada/runs/a'],
    ['C:\\runs', '/work space/app/C:\\runs'],
  ])('%s is %s', (setting, folder) => {
    expect(locateRunsFolder(setting, linux)).toBe(folder);
    expect(locateRunsFolder(setting, { ...linux, platform: 'darwin' })).toBe(folder);
  });

  it.each([
    ['.involution/runs', 'C:\\work space\\app\\.involution\\runs'],
    ['D:\\runs', 'D:\\runs'],
    ['d:/runs', 'd:\\runs'],
    ['\\\\nas\\share\\runs', '\\\\nas\\share\\runs'],
    ['~\\runs', 'C:\\Users\\ada\\runs'],
    ['~/runs', 'C:\\Users\\ada\\runs'],
    ['${workspaceFolder}\\runs', 'C:\\work space\\app\\runs'],
    ['${env:SCRATCH}${/}runs', 'D:\\scratch\\runs'],
    ['${userHome}/runs', 'C:\\Users\\ada\\runs'],
  ])('%s is %s on Windows', (setting, folder) => {
    expect(locateRunsFolder(setting, windows)).toBe(folder);
  });

  it("is in the extension's storage with no folder open, unless it is absolute", () => {
    expect(locateRunsFolder('.involution/runs', alone)).toBe('/storage/runs');
    expect(locateRunsFolder('/runs', alone)).toBe('/runs');
    expect(locateRunsFolder('~/runs', alone)).toBe('/home/ada/runs');
  });

  it('is no folder called "${…}" or "~ada"', () => {
    expect(unresolved('${workspaceFolder}/runs', alone)).toEqual(['${workspaceFolder}', 'no folder open']);
    expect(unresolved('${workspaceFolder:gone}/runs')).toEqual(['${workspaceFolder:gone}', 'no such folder']);
    expect(unresolved('${env:NOWHERE}/runs')).toEqual(['${env:NOWHERE}', 'not set']);
    expect(unresolved('${env:EMPTY}/runs')).toEqual(['${env:EMPTY}', 'not set']);
    for (const variable of [
      '${file}',
      '${workspaceRoot}',
      '${config:x}',
      '${}',
      '${env:}',
      '${',
      '${userHome',
    ])
      expect(unresolved(variable), variable).toEqual([variable, 'unknown']);
    expect(unresolved('~grace/runs')).toEqual(['~grace', 'unknown']);
  });

  it('takes values as they are: a path that holds "${…}" is not resolved again', () => {
    const odd = { ...linux, environment: { ODD: '/a/${userHome}' } };
    expect(locateRunsFolder('${env:ODD}', odd)).toBe('/a/${userHome}');
  });
});
