import { readFile, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { type ParseError, parse } from 'jsonc-parser';
import type { NetworkSpec } from '../core/network/network';
import { NetworkError } from '../core/network/networkError';
import { parseNetwork } from '../core/network/parse';
import { networkText } from '../core/networkFile/networkText';
import { UsageError } from '../core/usageError';
import { explained } from '../node/files/explain';
import { checkOutputFile, writeOutputFile } from './outputFile';

/** No network that could be trained here takes more. */
const mostBytes = 1 << 22;
const utf16Marks = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** @throws UsageError that names the file, and everything that is wrong in it by the layer's path */
export async function readNetwork(file: string): Promise<NetworkSpec> {
  const text = await textOf(file);
  try {
    return parseNetwork(JSON.parse(text));
  } catch (error) {
    if (error instanceof NetworkError) throw new UsageError(`${file}: ${error.message}`);
    if (error instanceof SyntaxError)
      throw new UsageError(
        `${file} is no JSON: it goes wrong in ${placeOfFault(text)}. "involution models show NAME --save-network FILE" writes one to begin with.`,
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
    const bytes = await readFile(file);
    if (utf16Marks.some((mark) => bytes.subarray(0, 2).equals(mark)))
      throw new UsageError(`${file} is encoded in UTF-16. Save it in UTF-8.`);
    // TextDecoder leaves out the mark that some editors put before UTF-8.
    return new TextDecoder().decode(bytes);
  } catch (error) {
    throw explained(error, 'read', file);
  }
}

/** "line 3, column 7", from 1. */
function placeOfFault(text: string): string {
  const faults: ParseError[] = [];
  parse(text, faults, { disallowComments: true });
  const lines = text.slice(0, faults[0]?.offset ?? text.length).split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}
