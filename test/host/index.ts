import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Mocha from 'mocha';

const results = resolve(__dirname, '../../results');

/** What both runners call inside the extension host: every `*.test.cjs` beside this file, reported to `out/results`. */
export async function run(): Promise<void> {
  mkdirSync(results, { recursive: true });
  // Some of them alone, and as often as they like: for the soak.
  const only = process.env.INVOLUTION_LAB_TESTS;
  const mocha = new Mocha({ ui: 'bdd', timeout: only ? 0 : 60_000, reporter: 'min' });
  if (only) mocha.fgrep(only);
  for (const file of readdirSync(__dirname))
    if (file.endsWith('.test.cjs')) mocha.addFile(join(__dirname, file));

  const lines: string[] = [];
  const counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
  await new Promise<void>((ended) => {
    mocha
      .run(() => ended())
      .on('pass', (test) => {
        counts.numPassedTests++;
        lines.push(`  ✓ ${test.fullTitle()}`);
      })
      .on('pending', (test) => {
        counts.numPendingTests++;
        lines.push(`  - skipped: ${test.fullTitle()}`);
      })
      .on('fail', (test, error) => {
        counts.numFailedTests++;
        lines.push(`  ✗ ${test.fullTitle()}\n${error.stack ?? error.message}`);
      });
  });
  writeFileSync(join(results, 'host.txt'), `${lines.join('\n')}\n`);
  writeFileSync(join(results, 'host.json'), JSON.stringify(counts));
  if (counts.numFailedTests > 0)
    throw new Error(`${counts.numFailedTests} tests failed in the extension host`);
}
