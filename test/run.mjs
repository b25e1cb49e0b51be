// `npm test`: sets up everything the tests need on a machine with Node 20 and npm, runs every suite, and ends with
// "N passed, N failed". `npm test -- unit e2e` runs those stages only. Written in plain JavaScript with no dependency,
// because it is what installs the dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dependenciesCurrent, requireNode } from './dependencies.mjs';

requireNode();
const windows = process.platform === 'win32';
const results = 'out/results';

/** A stage either prepares something or is a suite that leaves its counts in `out/results/<name>.json`. */
const stages = [
  {
    name: 'install',
    title: 'Installing the dependencies',
    command: ['npm', 'ci'],
    unless: dependenciesCurrent,
  },
  { name: 'build', title: 'Building', command: ['node', 'esbuild.mjs'] },
  { name: 'check', title: 'Types and lint', command: ['npm', 'run', '--silent', 'check'] },
  { name: 'package', title: 'Packaging the extension', command: ['npm', 'run', '--silent', 'package'] },
  { name: 'setup', title: 'Setting up the engines', command: ['npx', 'tsx', 'test/engines/setup/all.ts'] },
  vitest('unit', 'Unit tests'),
  vitest('webview', 'The webviews, in Chromium'),
  vitest('engines', 'Every engine'),
  vitest('worker', 'The worker process'),
  {
    name: 'host',
    title: 'The extension host, in a real VS Code',
    command: ['npx', 'tsx', 'test/workbench/hostTests.ts'],
    counts: true,
  },
  vitest('e2e', 'End to end, as a person'),
];

function vitest(name, title) {
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}/${name}.json`];
  return { name, title, command: ['npx', 'vitest', 'run', '--project', name, ...report], counts: true };
}

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !stages.some((stage) => stage.name === name));
if (unknown) {
  console.error(`No stage "${unknown}"; there are ${stages.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
let broken = false;
for (const stage of stages) {
  if (asked.length > 0 && !asked.includes(stage.name)) continue;
  if (stage.unless?.()) continue;
  console.log(`\n── ${stage.title} (${stage.command.join(' ')})`);
  const begin = Date.now();
  const [program, ...words] = stage.command;
  const { status, error } = spawnSync(program, words, { stdio: 'inherit', shell: windows });
  if (error) console.error(error.message);
  if (stage.counts) count(stage, status);
  console.log(
    `── ${stage.title}: ${status === 0 ? 'ok' : 'FAILED'} in ${Math.round((Date.now() - begin) / 1000)} s`,
  );
  if (status !== 0 && !stage.counts) {
    broken = true;
    console.error(`\nStopped: "${stage.command.join(' ')}" failed, and what follows needs it.`);
    break;
  }
}

/** Adds a suite's counts; a suite that failed without a failed test (it did not start, say) counts as one failure. */
function count(stage, status) {
  const file = `${results}/${stage.name}.json`;
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const failed = report?.numFailedTests ?? 0;
  total.passed += report?.numPassedTests ?? 0;
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
  total.skipped += report?.numPendingTests ?? 0;
  for (const suite of report?.testResults ?? [])
    for (const test of suite.assertionResults ?? [])
      if (test.status === 'pending' || test.status === 'skipped')
        skips.push(`${stage.name}: ${test.fullName}`);
}

for (const skip of skips) console.log(`skipped: ${skip}`);
if (broken) total.failed += 1;
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`,
);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
