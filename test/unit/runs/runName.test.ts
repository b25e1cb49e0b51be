import { describe, expect, it } from 'vitest';
import { distinctNames, shownRunName } from '../../../src/core/runs/runName';

const run = (id: string, name: string, created: string) => ({ id, name, created });
const second = (seconds: number) => `2026-11-24T07:15:${String(seconds).padStart(2, '0')}.000Z`;

describe('the names of runs', () => {
  it('are short where nobody gave one, and those of one minute are numbered', () => {
    const ids = [2, 40, 41].map((s) => `2026-11-24_08-15-${String(s).padStart(2, '0')}_cifar10_rednet`);
    const runs = ids.map((id, i) => run(id, shownRunName(id), second(i)));
    expect([...distinctNames(runs).entries()]).toEqual([
      ['2026-11-24_08-15-02_cifar10_rednet', 'cifar10 rednet 08:15'],
      ['2026-11-24_08-15-40_cifar10_rednet', 'cifar10 rednet 08:15 (2)'],
      ['2026-11-24_08-15-41_cifar10_rednet', 'cifar10 rednet 08:15 (3)'],
    ]);
  });

  it('are told apart by when they began, whatever order they come in, and then by their ids', () => {
    const runs = [
      run('d', 'mine', second(3)),
      // Another time zone: a second before the others.
      run('c', 'mine', '2026-11-24T08:15:00.000+01:00'),
      run('b', 'mine', second(1)),
      run('a', 'mine', second(1)),
    ];
    for (const some of [runs, runs.toReversed()])
      expect(Object.fromEntries(distinctNames(some))).toEqual({
        c: 'mine',
        a: 'mine (2)',
        b: 'mine (3)',
        d: 'mine (4)',
      });
  });

  it('that a person gave stay, numbered or not', () => {
    const runs = [
      run('a', '第二', second(1)),
      run('b', '第二', second(2)),
      run('c', '第二', second(3)),
      run('d', '第二 (2)', second(4)),
      run('e', '第二 (2)', second(5)),
    ];
    expect(Object.fromEntries(distinctNames(runs))).toEqual({
      a: '第二',
      b: '第二 (3)',
      c: '第二 (4)',
      d: '第二 (2)',
      e: '第二 (2) (2)',
    });
  });
});
