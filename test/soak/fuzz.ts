import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fuzzImages } from '../unit/support/fuzzImages';
import { fuzzRuns } from '../unit/support/fuzzRuns';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

interface FuzzRequest {
  readonly seed: number;
  readonly count: number;
  /** An empty folder of its own. */
  readonly folder: string;
}

/** Each gives what is worth saying of its outcome, and throws an error that names the seed and the case. */
const fuzzers: Record<string, (request: FuzzRequest) => Promise<string>> = {
  images: async (request) => {
    const { images, reasons } = await fuzzImages(request);
    return `${images} read, the others refused for ${reasons.size} reasons`;
  },
  'run folders and checkpoints': async (request) => {
    const { read, refusals } = await fuzzRuns(request);
    return `${read} read, ${refusals} refused with words`;
  },
  'messages to the worker': (request) =>
    fuzzMessages(request, [vitest, 'run', '--project', 'worker', 'test/worker/messages.test.ts']),
  'messages to the extension host': (request) =>
    fuzzMessages(request, ['--import', 'tsx', 'test/workbench/hostTests.ts'], {
      INVOLUTION_LAB_TESTS: 'any message from a webview',
    }),
};

/** Runs a test that takes a number and a seed. */
async function fuzzMessages(
  { seed, count }: FuzzRequest,
  words: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = {
    ...process.env,
    ...environment,
    INVOLUTION_LAB_FUZZ: String(count),
    INVOLUTION_LAB_FUZZ_SEED: String(seed),
  };
  await promisify(execFile)(process.execPath, words, { env });
  return 'each answered or refused with words';
}

export async function* fuzzAll(
  seed: number,
  count: number,
  parent: string,
): AsyncGenerator<{ line: string; violation: string | null }> {
  for (const [name, fuzz] of Object.entries(fuzzers)) {
    const folder = await mkdtemp(join(parent, 'fuzz '));
    const started = Date.now();
    try {
      const found = await fuzz({ seed, count, folder });
      await rm(folder, { recursive: true });
      const seconds = Math.round((Date.now() - started) / 1000);
      yield { line: `fuzzed ${name}, ${count} cases in ${seconds} s: ${found}`, violation: null };
    } catch (error) {
      const line = `fuzzed ${name}: VIOLATION: ${(error as Error).message}\nKept: ${folder}`;
      yield { line, violation: line };
    }
  }
}
