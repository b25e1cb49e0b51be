import { statSync } from 'node:fs';
import type { Platform } from './platforms';

const kilobyte = 1000;
const megabyte = 1000 * kilobyte;

/** What a user downloads and an editor loads stays small: these sizes are promises. */
const budgets: { file: string; limit: number }[] = [
  { file: 'dist/extension.cjs', limit: 220 * kilobyte },
  { file: 'dist/webview/dashboard.js', limit: 250 * kilobyte },
  { file: 'dist/webview/lab.js', limit: 250 * kilobyte },
];
const vsixLimits: Partial<Record<Platform, number>> = { 'linux-x64': 40 * megabyte };

/** Prints each size beside its budget; throws when one is exceeded. */
export function checkSizes(platform: Platform, vsix: string): void {
  const limit = vsixLimits[platform];
  const all = limit === undefined ? budgets : [...budgets, { file: vsix, limit }];
  const over = all.filter(({ file, limit: most }) => {
    const { size } = statSync(file);
    console.log(`${file}: ${Math.round(size / kilobyte)} of ${most / kilobyte} kB`);
    return size > most;
  });
  if (over.length > 0) throw new Error(`Over the size budget: ${over.map(({ file }) => file).join(', ')}`);
}
