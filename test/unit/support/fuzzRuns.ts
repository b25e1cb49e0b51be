import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Random } from '../../../src/core/random';
import { FileError } from '../../../src/node/files/explain';
import {
  CheckpointError,
  findCheckpoint,
  listCheckpoints,
  loadNetwork,
  readCheckpoint,
  type StoredCheckpoint,
} from '../../../src/node/runs/checkpoints';
import { EventLog } from '../../../src/node/runs/eventLog';
import { lostEpochs } from '../../../src/node/runs/lostEpochs';
import { resumePoint, unfinishedModels } from '../../../src/node/runs/resumePoint';
import { readManifest, renameRun } from '../../../src/node/runs/runFolder';
import { findRun, listRuns, readRun } from '../../../src/node/runs/runList';
import { RunLock } from '../../../src/node/runs/runLock';
import { TrainedRun } from './trainedRun';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
}

export interface FuzzOutcome {
  /** Questions that were answered although a file was damaged. */
  readonly read: number;
  /** Questions that were refused, in words that name the file or the run. */
  readonly refusals: number;
  /** The most memory that the process held, in bytes. */
  readonly residentBytes: number;
}

const newest = 'involution/epoch-0002';
const files = [
  'run.json',
  'events.jsonl',
  'label.json',
  'lock',
  ...['cursor.json', 'model.json', 'weights.bin', 'optimizer.bin'].map((file) => `${newest}/${file}`),
];

const codes = Object.keys(constants.errno).join('|');
/** The words of the system, of the language and of libraries. */
const raw = new RegExp(
  `\\b(?:${codes}|ERR_[A-Z_]+|undefined|NaN|\\[object)\\b|Unexpected |not valid JSON|JSON at|in JSON|Bad control|not a function|Cannot read|out of (?:bounds|range)|Invalid (?:typed )?array|Maximum call`,
);

/**
 * Damages one file of a small run after another, at random, and asks all that is ever asked of a run.
 * @throws Error that names the seed and the case when an answer is wrong, or a refusal is not in words that name the file
 */
export async function fuzzRuns({ seed, count }: FuzzOptions): Promise<FuzzOutcome> {
  await using trained = await TrainedRun.train({ models: ['involution'], epochs: 2 });
  await renameRun(trained.folder, 'a name');
  const nobody = { pid: 2 ** 22 + 1, host: 'elsewhere', token: 't', space: null, started: null };
  await writeFile(join(trained.folder, 'lock'), JSON.stringify(nobody));
  let [read, refusals, residentBytes, next] = [0, 0, 0, 0];
  // They wait for the disk most of the time.
  const lane = async (_: unknown, i: number) => {
    const folder = join(trained.base, `lane ${i}`, 'run');
    await cp(trained.folder, folder, { recursive: true });
    const fuzzed = await FuzzedRun.of(folder);
    while (next < count) {
      const number = next++;
      const random = new Random(seed, number);
      const file = files[random.below(files.length)]!;
      const damage = damages[random.below(damages.length)]!;
      await fuzzed.damage(file, damage(fuzzed.original(file), random));
      await fuzzed.ask(file).catch((error: Error) => {
        next = count;
        throw new Error(`Seed ${seed}, case ${number} (${damage.name} of ${file}): ${error.stack}`);
      });
      await fuzzed.restore();
      residentBytes = Math.max(residentBytes, process.memoryUsage.rss());
    }
    read += fuzzed.read;
    refusals += fuzzed.refusals;
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return { read, refusals, residentBytes };
}

/** A small run, of which a file is damaged and brought back. */
class FuzzedRun {
  read = 0;
  refusals = 0;
  #isChanged = false;

  private constructor(
    private readonly folder: string,
    private readonly originals: ReadonlyMap<string, Buffer>,
    /** Of each checkpoint, by its name. */
    private readonly weights: ReadonlyMap<string, Buffer>,
  ) {}

  static async of(folder: string): Promise<FuzzedRun> {
    const originals = new Map<string, Buffer>();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        originals.set(path.slice(folder.length + 1), await readFile(path));
      }
    const weights = new Map<string, Buffer>();
    for (const [name, content] of originals)
      if (name.endsWith('weights.bin')) weights.set(name.replace('/weights.bin', ''), content);
    return new FuzzedRun(folder, originals, weights);
  }

  original(file: string): Buffer {
    return this.originals.get(file)!;
  }

  async damage(file: string, content: Buffer): Promise<void> {
    this.#isChanged = !content.equals(this.original(file));
    await writeFile(join(this.folder, file), content);
  }

  /** As it was: whatever a resume cut, removed or made. */
  async restore(): Promise<void> {
    const entries = await readdir(this.folder, { recursive: true });
    for (const [name, content] of this.originals) {
      const path = join(this.folder, name);
      if (files.includes(name) || !entries.includes(name)) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
    }
  }

  async ask(file: string): Promise<void> {
    const runsFolder = join(this.folder, '..');
    const { runs, unreadable } = await listRuns(runsFolder);
    assert.equal(runs.length + unreadable.length, 1, 'it is listed, or said to be unreadable');
    for (const { reason } of unreadable) this.#assertWords(reason, file);
    await this.#answer(file, async () => {
      const run = await findRun(runsFolder, 'latest');
      assert.equal(run.folder, this.folder);
      assert.ok(run.name.trim() !== '', 'a run has a name');
    });
    await this.#answer(file, async () => {
      const { overview } = await readRun(this.folder);
      for (const model of Object.values(overview.models)) assert.ok(model.epochs >= 0);
    });
    const stored = await listCheckpoints(this.folder, 'involution');
    assert.equal(stored.length, 3);
    for (const checkpoint of stored) await this.#askCheckpoint(checkpoint, file);
    for (const choice of ['last', 'best', 1] as const)
      await this.#answer(file, async () => {
        await this.#assertNetwork(await findCheckpoint(this.folder, 'involution', choice));
      });
    await this.#answer(file, () => lostEpochs(stored.at(-1)!));
    await this.#answer(file, () => this.#resume());
  }

  async #askCheckpoint(checkpoint: StoredCheckpoint, file: string): Promise<void> {
    await this.#answer(file, async () => {
      const read = await readCheckpoint(checkpoint).catch((error) => {
        // Those before the last two have no optimizer.
        if (error instanceof CheckpointError && checkpoint.epoch === 0) return null;
        throw error;
      });
      if (!read) return;
      const isOne = file.startsWith(checkpoint.name) && !file.endsWith('cursor.json');
      assert.ok(!(isOne && this.#isChanged), `a damaged ${file} is read`);
      this.#assertWeights(checkpoint, Buffer.from(read.network.weightData as ArrayBuffer));
      const { slots, cursor } = read;
      const optimizer = this.original(`${checkpoint.name}/optimizer.bin`);
      const floats = Object.values(slots).map((slot) => Buffer.from(slot.slice().buffer));
      assert.ok(Buffer.concat(floats).equals(optimizer), 'the slots are those that were written');
      const written = JSON.parse(this.original(`${checkpoint.name}/cursor.json`).toString()).cursor;
      assert.deepEqual(cursor, written);
    });
  }

  /** As a resume does, up to where it would train. */
  async #resume(): Promise<void> {
    const notices: string[] = [];
    const onNotice = (line: string) => notices.push(line);
    const { spec } = await readManifest(this.folder);
    const lock = await RunLock.acquire(this.folder, { silenceMs: 1, onNotice });
    try {
      const { log, events } = await EventLog.open(join(this.folder, 'events.jsonl'));
      try {
        await unfinishedModels(this.folder, spec.models, events, onNotice);
        const checkpoint = await resumePoint(
          ...([this.folder, 'involution', log.progress('involution').step, onNotice] as const),
        );
        if (checkpoint) {
          const [name] = (await listCheckpoints(this.folder, 'involution')).slice(-1);
          this.#assertWeights(name!, Buffer.from(checkpoint.network.weightData as ArrayBuffer));
        }
      } finally {
        await log.close();
      }
    } finally {
      await lock.release();
    }
    for (const notice of notices) this.#assertWords(notice, '');
  }

  async #assertNetwork(checkpoint: StoredCheckpoint): Promise<void> {
    const network = await loadNetwork(checkpoint);
    try {
      const values = network.weights.map((weight) => Buffer.from(weight.read().dataSync().slice().buffer));
      this.#assertWeights(checkpoint, Buffer.concat(values));
    } finally {
      network.dispose();
    }
  }

  #assertWeights({ name }: StoredCheckpoint, weights: Buffer): void {
    assert.ok(weights.equals(this.weights.get(name)!), `the weights of ${name} are those that were written`);
  }

  async #answer(file: string, question: () => Promise<unknown>): Promise<void> {
    try {
      await question();
      this.read++;
    } catch (error) {
      if (error instanceof assert.AssertionError || !(error instanceof Error)) throw error;
      if (!(error instanceof FileError || error instanceof CheckpointError || error.constructor === Error))
        throw error;
      this.#assertWords(error.message, file);
      this.refusals++;
    }
  }

  #assertWords(message: string, file: string): void {
    const found = raw.exec(message)?.[0];
    assert.ok(found === undefined, `"${found}" is no word for a person: ${message}`);
    const names = [file, this.folder, basename(this.folder), dirname(this.folder)].filter(Boolean);
    assert.ok(file === '' || names.some((name) => message.includes(name)), `it names no file: ${message}`);
    assert.ok(message.length < 2000, `it is ${message.length} characters long`);
  }
}

type Damage = (content: Buffer, random: Random) => Buffer;

const damages: readonly Damage[] = [
  function flippedBits(content, random) {
    const bytes = Buffer.from(content);
    for (let i = random.below(6); i >= 0; i--) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    return bytes;
  },
  function cutOff(content, random) {
    return content.subarray(0, random.below(content.length));
  },
  function cutOut(content, random) {
    const from = random.below(content.length);
    return Buffer.concat([content.subarray(0, from), content.subarray(from + 1 + random.below(64))]);
  },
  function inserted(content, random) {
    const at = random.below(content.length + 1);
    const bytes = Buffer.alloc(1 + random.below(64)).map(() => random.below(256));
    return Buffer.concat([content.subarray(0, at), bytes, content.subarray(at)]);
  },
  function repeated(content, random) {
    const from = random.below(content.length);
    const part = content.subarray(from, from + 1 + random.below(256));
    const many = Array.from({ length: 1 + random.below(500) }, () => part);
    return Buffer.concat([content.subarray(0, from), ...many, content.subarray(from)]);
  },
  function zeros(content, random) {
    const bytes = Buffer.from(content);
    return bytes.fill(0, random.below(bytes.length));
  },
  /** What is a number in JSON becomes another one, or no number. */
  function otherNumber(content, random) {
    return replaced(content, random, /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, [
      ...['-1', '0', '0.5', '1e999', '9007199254740993', '4294967296', 'null', '"7"', '[]', '{}', '1e-999'],
      '9'.repeat(400),
    ]);
  },
  function otherText(content, random) {
    return replaced(content, random, /"[^"\\]*"/g, [
      ...['""', '"__proto__"', '"../../x"', '"\\u0000"', '"\\ud800"', '7', 'null', '[[[[[[]]]]]]'],
      `"${'x'.repeat(5000)}"`,
    ]);
  },
  function otherJson(_, random) {
    const texts = [
      'null',
      '[]',
      '7',
      '""',
      '{}',
      'NaN',
      '\ufeff{}',
      '['.repeat(100_000),
      '{"a":'.repeat(20_000),
    ];
    return Buffer.from(texts[random.below(texts.length)]!);
  },
];

function replaced(content: Buffer, random: Random, pattern: RegExp, others: readonly string[]): Buffer {
  const text = content.toString('latin1');
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return Buffer.from(others[0]!);
  const { index, 0: match } = found[random.below(found.length)]!;
  const other = others[random.below(others.length)]!;
  return Buffer.from(text.slice(0, index) + other + text.slice(index + match.length), 'latin1');
}
