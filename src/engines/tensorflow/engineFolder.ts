import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tensorFlowFolder } from './installation';

/** What is being made for the engine's folder, and what it is about to replace, lie beside it, one of each process. */
const making = () => `${tensorFlowFolder()}.installing-`;
const replaced = () => `${tensorFlowFolder()}.old-`;

export const buildingFolder = () => `${making()}${process.pid}`;

/** Puts what was made in the engine's place. */
export async function putInPlace(building: string): Promise<void> {
  const engine = tensorFlowFolder();
  const old = `${replaced()}${process.pid}`;
  if (existsSync(engine)) await rename(engine, old);
  await rename(building, engine);
  await rm(old, { recursive: true, force: true });
}

/** Of processes that were killed: an engine that was about to be replaced is put back where there is no other. */
export async function clearLeftovers(): Promise<void> {
  const parent = dirname(tensorFlowFolder());
  const paths = (await readdir(parent)).map((name) => join(parent, name));
  const old = paths.find((path) => path.startsWith(replaced()));
  if (old && !paths.includes(tensorFlowFolder())) await rename(old, tensorFlowFolder());
  for (const path of paths)
    if (path.startsWith(making()) || path.startsWith(replaced()))
      await rm(path, { recursive: true, force: true });
}

/** @returns the bytes that are free again; 0 when it was not installed. */
export async function removeTensorFlow(): Promise<number> {
  const folder = tensorFlowFolder();
  if (!existsSync(folder)) return 0;
  const bytes = await bytesOf(folder);
  await rm(folder, { recursive: true, force: true });
  return bytes;
}

/** Of all files below a folder, links not followed. */
export async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
