import { constants, type Stats } from 'node:fs';
import { access, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { explained } from '../node/files/explain';
import { assertTakesFiles } from '../node/files/takesFiles';
import { temporaryName } from '../node/files/temporary';

/** Whether a file can be written, before anything is computed for it. `option` is what named it. */
export async function checkOutputFile(file: string, option: string): Promise<void> {
  const path = resolve(file);
  const folder = dirname(path);
  if (!(await found(folder))?.isDirectory())
    throw new Error(`The folder ${folder} of ${option} does not exist. Make it first.`);
  const target = await found(path);
  if (target?.isDirectory()) throw new Error(`${option} ${file} is a folder: name a file in it.`);
  if (!isDevice(target)) return assertTakesFiles(folder);
  await access(path, constants.W_OK).catch((error) => {
    throw explained(error, 'written', path);
  });
}

/** There is the whole content in the end, or what was there before. */
export async function writeOutputFile(file: string, content: string | Uint8Array): Promise<void> {
  const path = resolve(file);
  const target = await found(path);
  try {
    if (isDevice(target)) await writeFile(path, content);
    else await replaceFile(path, content);
  } catch (error) {
    throw explained(error, 'written', path);
  }
}

async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(file), temporaryName());
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const found = (path: string) => stat(path).catch(() => null);
/** Something as /dev/stdout is written to; a file is replaced. */
const isDevice = (target: Stats | null): target is Stats => target !== null && !target.isFile();
