import { expect, it } from 'vitest';
import { fuzzRuns } from '../support/fuzzRuns';

it('answers whatever is asked of a damaged run, rightly or with words', async () => {
  const before = process.memoryUsage.rss();
  const { read, refusals, residentBytes } = await fuzzRuns({ seed: 8, count: 300 });
  // The damage is neither too little nor too much to tell anything.
  expect(read).toBeGreaterThan(300);
  expect(refusals).toBeGreaterThan(300);
  expect(residentBytes - before).toBeLessThan(2 * 1024 ** 3);
});
