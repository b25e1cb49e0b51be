import { readFile, stat, writeFile } from 'node:fs/promises';
import type { NetworkSpec } from '../core/network/network';
import { NetworkError } from '../core/network/networkError';
import { parseNetwork } from '../core/network/parse';
import { UsageError } from '../core/usageError';
import { explained } from '../node/files/explain';

/** No network that could be trained here takes more. */
const mostBytes = 1 << 22;

/** @throws UsageError that names the file, and everything that is wrong in it by the layer's path */
export async function readNetwork(file: string): Promise<NetworkSpec> {
  const text = await textOf(file);
  try {
    return parseNetwork(JSON.parse(text));
  } catch (error) {
    if (error instanceof NetworkError) throw new UsageError(`${file}: ${error.message}`);
    if (error instanceof SyntaxError)
      throw new UsageError(
        `${file} is no JSON (${error.message}). "involution models show NAME --save-network FILE" writes one to begin with.`,
      );
    throw error;
  }
}

/** Whether a network may go to this file: nothing that is not a network itself may be lost. */
export async function checkNetworkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size === 0) return;
  await readNetwork(file).catch(() => {
    throw new Error(
      `--save-network ${file} exists, and holds no network: it would be lost. Give another name, or delete it first.`,
    );
  });
}

export async function writeNetwork(file: string, network: NetworkSpec): Promise<void> {
  await writeFile(file, `${JSON.stringify(network, null, 2)}\n`).catch((error) => {
    throw explained(error, 'written', file);
  });
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > mostBytes) throw new UsageError(`${file} is too large for a network: ${size} bytes.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    throw explained(error, 'read', file);
  }
}
