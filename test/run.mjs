// `npm test`: sets up everything the tests need on a machine with Node and npm, runs every suite, and ends with
// "N passed, N failed". `npm test -- unit e2e` runs those suites only; `npm test -- --without engines` all but those.
// Plain JavaScript with no dependency, because it is what installs the dependencies.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { npmCommand } from '../src/node/programs.mjs';
import { prepare, typescript } from '../src/tools/setup/dependencies.mjs';
import { runScript } from '../src/tools/setup/step.mjs';

const results = 'out/results';

/** Each leaves its counts in `out/results/<name>.json`. `needs` are steps of src/tools/setup/main.ts. */
const suites = [
  vitest('unit', 'Unit tests', ['fonts']),
  vitest('webview', 'The webviews, in Chromium', ['fonts', 'chromium']),
  vitest('engines', 'Every engine', ['tensorFlow', 'pyTorch', 'swiftShader']),
  vitest('worker', 'The worker process and the command', []),
  {
    name: 'host',
    title: 'The extension host, in a real VS Code',
    needs: ['fonts', 'chromium', 'codeOss'],
    ...script(...typescript('test/workbench/hostTests.ts')),
  },
  vitest('e2e', 'End to end, as a person', ['fonts', 'chromium', 'codeOss']),
];

/** What every suite needs of this checkout, in this order. */
const preparations = [
  { title: 'Building', ...npmRun('build') },
  { title: 'Types and lint', ...npmRun('check') },
  { title: 'Packaging the extension', ...npmRun('package') },
];

function script(...args) {
  return { shown: `node ${args.join(' ')}`, file: process.execPath, args };
}

function npmRun(name) {
  return { shown: `npm run ${name}`, ...npmCommand(['run', '--silent', name]) };
}

function vitest(name, title, needs) {
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}/${name}.json`];
  return {
    name,
    title,
    needs,
    ...script('node_modules/vitest/vitest.mjs', 'run', '--project', name, ...report),
  };
}

function chosenSuites(words) {
  const excluded = new Set();
  const asked = [];
  for (let i = 0; i < words.length; i++)
    if (words[i] === '--without') for (const name of (words[++i] ?? '').split(',')) excluded.add(name);
    else asked.push(words[i]);
  const unknown = [...excluded, ...asked].find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    console.error(`There is no suite "${unknown}"; there are ${suites.map(({ name }) => name).join(', ')}.`);
    process.exit(2);
  }
  const chosen = suites.filter(({ name }) => asked.length === 0 || asked.includes(name));
  return { chosen: chosen.filter(({ name }) => !excluded.has(name)), excluded: [...excluded] };
}

/** Runs a program in view. True when it ended well. */
async function succeeds({ title, shown, file, args, env = process.env }) {
  console.log(`\n── ${title} (${shown})`);
  const begin = Date.now();
  const code = await new Promise((ended) => {
    const child = spawn(file, args, { stdio: 'inherit', env });
    child.once('error', (error) => ended(error.message));
    child.once('close', (code, signal) => ended(code ?? signal));
  });
  const seconds = Math.round((Date.now() - begin) / 1000);
  console.log(`── ${title}: ${code === 0 ? 'ok' : `FAILED (${code})`} in ${seconds} s`);
  return code === 0;
}

async function prepareCheckout() {
  for (const preparation of preparations) if (!(await succeeds(preparation))) return false;
  return true;
}

const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);

/** A suite's counts; one that failed without a failed test (it did not start, say) counts as one failure. */
function countsOf(suite, succeeded) {
  const report = readJson(`${results}/${suite.name}.json`);
  const failed = report?.numFailedTests ?? 0;
  const skipped = (report?.testResults ?? [])
    .flatMap((file) => file.assertionResults ?? [])
    .filter(({ status }) => status === 'pending' || status === 'skipped');
  return {
    passed: report?.numPassedTests ?? 0,
    failed: !succeeded && failed === 0 ? 1 : failed,
    skipped: skipped.map(({ fullName }) => `${suite.name}: ${fullName}`),
  };
}

async function main() {
  const { chosen, excluded } = chosenSuites(process.argv.slice(2));
  await prepare();
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });

  // The set-up waits for downloads most of the time, and the build for the processor.
  const needs = [...new Set(chosen.flatMap((suite) => suite.needs))];
  const setup = { title: 'Setting up', ...script(...typescript('src/tools/setup/main.ts'), ...needs) };
  const [setUp, prepared] = await Promise.all([needs.length === 0 || succeeds(setup), prepareCheckout()]);
  const missing = readJson(`${results}/setup.json`) ?? {};

  const total = { passed: 0, failed: setUp && prepared ? 0 : 1, skipped: [] };
  const impossible = (suite) => suite.needs.filter((need) => need in missing);
  for (const suite of chosen.filter((suite) => impossible(suite).length > 0)) {
    console.error(
      `\n── ${suite.title}: FAILED, it can't be set up here (to leave it out: --without ${suite.name})`,
    );
    for (const need of impossible(suite)) console.error(`   ${need}: ${missing[need]}`);
    total.failed += 1;
  }
  if (setUp && prepared)
    for (const suite of chosen.filter((suite) => impossible(suite).length === 0)) {
      const counts = countsOf(suite, await succeeds(suite));
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped.push(...counts.skipped);
    }
  else console.error('\nStopped: the suites need what failed above.');

  for (const name of total.skipped) console.log(`skipped: ${name}`);
  if (excluded.length > 0) console.log(`left out, as asked: ${excluded.join(', ')}`);
  const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
}

await runScript(main);
