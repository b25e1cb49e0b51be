import type { Words } from '../words';
import type { SkippedFile } from './dataset';

/** So many names stand for all files of one reason, and so many reasons for all. */
const namesPerReason = 3;
const mostReasons = 20;

/** What was skipped and why, a line for each reason: the commonest first. */
export function skippedLines(skipped: readonly SkippedFile[]): Words[] {
  const byReason = new Map<string, { count: number; names: string[] }>();
  for (const { path, reason } of skipped) {
    const group = byReason.get(reason) ?? { count: 0, names: [] };
    byReason.set(reason, group);
    group.count++;
    if (group.names.length < namesPerReason) group.names.push(path);
  }
  const groups = [...byReason].sort(([, a], [, b]) => b.count - a.count);
  const lines = groups.slice(0, mostReasons).map(([reason, { count, names }]): Words => {
    if (count === 1) return ['{0}: {1}', names[0]!, reason];
    const more = count > names.length ? ', …' : '';
    return ['{0} files: each {1} ({2})', grouped(count), reason, names.join(', ') + more];
  });
  const others = groups.slice(mostReasons).reduce((sum, [, { count }]) => sum + count, 0);
  return others === 0 ? lines : [...lines, ['{0} more for other reasons', grouped(others)]];
}

const grouped = (count: number) => count.toLocaleString('en-US');
