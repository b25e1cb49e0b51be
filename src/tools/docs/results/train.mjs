// Trains what docs/results.md compares: `node src/tools/docs/results/train.mjs [FOLDER] [--processors COUNT]`, after
// `npm run build`. What is there already is taken up where it stopped. Several at a time where there are the processors:
// results have the same bits on any number of threads.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { contestants, folderOf, recipe } from './contestants.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { processors: { type: 'string', default: String(availableParallelism()) } },
});
const [root = 'out/results-runs'] = positionals;
let free = Number(values.processors);

const jobs = contestants
  .flatMap((contestant) =>
    (contestant.isLong ? recipe.seeds.slice(0, 1) : recipe.seeds).map((seed) => ({ contestant, seed })),
  )
  .sort((a, b) => Number(b.contestant.isLong) - Number(a.contestant.isLong));
const waiting = jobs.map((job) => ({ ...job, threads: Math.min(job.contestant.isLong ? 5 : 2, free) }));

await new Promise((done) => {
  const next = () => {
    while (waiting.length > 0 && waiting[0].threads <= free) {
      const job = waiting.shift();
      free -= job.threads;
      train(job).then(() => {
        free += job.threads;
        next();
      });
    }
    if (waiting.length === 0 && free === Number(values.processors)) done();
  };
  next();
});

function train({ contestant: { id, preset, parameters }, seed, threads }) {
  const runs = folderOf(root, id, seed);
  mkdirSync(runs, { recursive: true });
  const begun = readdirSync(runs).some((name) => existsSync(`${runs}/${name}/run.json`));
  const model = ['--model', preset, ...(parameters ? ['--set', parameters] : []), '--id', id];
  const size = ['--epochs', String(recipe.epochs), '--batch-size', String(recipe.batchSize)];
  const words = begun
    ? ['resume', '--runs', runs]
    : [
        'train',
        ...model,
        '--data',
        'cifar10',
        ...size,
        '--seed',
        String(seed),
        '--engine',
        'wasm',
        '--runs',
        runs,
      ];
  const log = openSync(`${runs}/log.txt`, 'a');
  const env = { ...process.env, INVOLUTION_LAB_THREADS: String(threads) };
  const begin = Date.now();
  return new Promise((ended) => {
    spawn(process.execPath, ['dist/involution.mjs', ...words], { env, stdio: ['ignore', log, log] }).once(
      'close',
      (code) => {
        console.log(
          `${runs}: ${code === 0 ? 'done' : `ended (${code})`} after ${Math.round((Date.now() - begin) / 1000)} s`,
        );
        ended(undefined);
      },
    );
  });
}
