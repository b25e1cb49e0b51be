import { readFile, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { NetworkSpec } from '../core/network/network';
import { NetworkError } from '../core/network/networkError';
import { parseNetwork } from '../core/network/parse';
import { networkText } from '../core/networkFile/networkText';
import { UsageError } from '../core/usageError';
import { explained } from '../node/files/explain';
import { checkOutputFile, writeOutputFile } from './outputFile';

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

/** Whether a network may go to this file: none that is not this very one may be lost, nor anything else. */
export async function checkNetworkFile(file: string, network: NetworkSpec): Promise<void> {
  await checkOutputFile(file, '--save-network', async () => {
    const there = await readNetwork(file).catch(() => null);
    if (isDeepStrictEqual(there, network)) return null;
    return there ? 'holds another network' : 'holds no network';
  });
}

export const writeNetwork = (file: string, network: NetworkSpec) =>
  writeOutputFile(file, networkText(network));

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > mostBytes) throw new UsageError(`${file} is too large for a network: ${size} bytes.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    throw explained(error, 'read', file);
  }
}
