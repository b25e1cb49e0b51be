/**
 * Trains small runs and does to them what happens in the field, at random, for as long as it is told; says what must hold and
 * did not. Not a part of `npm test`.
 *
 *   npm run soak -- --minutes 60 [--seed N]    rounds and fuzzing
 *   npm run soak -- --round SEED               one round again
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../../src/core/random';
import { playEditorRound } from './editorRound';
import { fuzzAll } from './fuzz';
import { References } from './reference';
import { playRound, type RoundResult } from './round';
import { Tally } from './tally';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string' },
    round: { type: 'string' },
    fuzz: { type: 'string', default: '10000' },
    'without-editor': { type: 'boolean', default: false },
    /** A round in so many is played in the editor. */
    'editor-every': { type: 'string', default: '20' },
  },
});

function number(name: 'minutes' | 'seed' | 'round' | 'fuzz' | 'editor-every'): number {
  const value = Number(options[name]);
  if (options[name]?.trim() && Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} must be a number, not "${options[name]}".`);
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'involution-soak-'));
const references = new References(folder);
const tally = new Tally();

async function play(round: number, seed: number, inEditor: boolean): Promise<void> {
  const started = Date.now();
  const result: RoundResult = await (inEditor ? playEditorRound : playRound)(seed, folder, references);
  tally.add(seed, inEditor, result);
  const what = result.disturbances.map(({ name, what }) => `${name} (${what})`).join('; ');
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `round ${round}, seed ${inEditor ? 'editor:' : ''}${seed}, ${result.spec}: ${what || 'undisturbed'}: ${result.violation === null ? 'well' : 'VIOLATION'}, ${seconds} s`,
  );
  if (result.violation !== null) console.log(`${result.violation}\nKept: ${result.kept}`);
}

if (options.round !== undefined) {
  const inEditor = options.round.startsWith('editor:');
  options.round = options.round.replace('editor:', '');
  await play(1, number('round'), inEditor);
} else {
  const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : number('seed');
  console.log(`Seed ${seed}. What violates an invariant is kept below ${folder}`);
  const count = number('fuzz');
  if (count > 0)
    for await (const { line, violation } of fuzzAll(seed, count, folder)) tally.fuzzed(line, violation);
  const random = new Random(seed);
  const end = Date.now() + 60_000 * number('minutes');
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
    console.log('After this round comes the summary. Once more ends it at once.');
  });
  const editorEvery = number('editor-every');
  for (let round = 1; Date.now() < end && !interrupted; round++) {
    const inEditor = !options['without-editor'] && round % editorEvery === 0;
    await play(round, random.below(2 ** 31), inEditor);
  }
}
console.log(tally.summary());
if (tally.violations === 0) await rm(folder, { recursive: true });
process.exit(tally.violations === 0 ? 0 : 1);
