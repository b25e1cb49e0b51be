import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadImageFolder } from '../../../src/node/data/imageFolder';
import { memoryLimit, processorLimit, processorQuota } from '../../../src/node/machine';

const gigabyte = 2 ** 30;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'involution-cgroup-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function put(file: string, text: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const quota = (membership: string) => processorQuota(join(folder, 'cgroup'), put('self', membership));

describe('memory', () => {
  it('is what the container leaves of the machine’s', () => {
    expect(memoryLimit(64 * gigabyte, 2 * gigabyte)).toBe(2 * gigabyte);
    // No limit: Node says 0, or a number beyond every machine.
    for (const none of [0, 2 ** 64, 65 * gigabyte])
      expect(memoryLimit(64 * gigabyte, none)).toBe(64 * gigabyte);
  });

  it('that images would not fit into is said before they are read', async () => {
    for (let i = 0; i < 40; i++) put(`images/${i % 2 ? 'a' : 'b'}/${i}.png`, 'never read');
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(10_000_000);
    const spec = {
      kind: 'folder' as const,
      path: join(folder, 'images'),
      imageSize: 512,
      validationSplit: 0.2,
    };
    await expect(loadImageFolder(spec, { seed: 1 })).rejects.toThrow(
      /has 40 files: at 512×512 pixels they take .* of memory, and there are .*\. Choose a smaller image size\./,
    );
  });
});

describe('processors', () => {
  it('are those of the control group’s quota (v2), the tightest of its ancestors', () => {
    put('cgroup/cpu.max', 'max 100000');
    put('cgroup/pod/cpu.max', '250000 100000');
    put('cgroup/pod/box/cpu.max', '400000 100000');
    expect(quota('0::/pod/box\n')).toBe(2.5);
    expect(processorLimit(16, 2.5)).toBe(3);
    expect(processorLimit(2, 2.5)).toBe(2);
    expect(processorLimit(16, 0.1)).toBe(1);
  });

  it('are those of the control group’s quota (v1)', () => {
    put('cgroup/cpu,cpuacct/cpu.cfs_quota_us', '150000');
    put('cgroup/cpu,cpuacct/cpu.cfs_period_us', '100000');
    // In a container the path is that of the machine outside.
    expect(quota('4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n')).toBe(1.5);
  });

  it('are all of them without one', () => {
    put('cgroup/cpu.max', 'max 100000');
    put('cgroup/cpu/cpu.cfs_quota_us', '-1');
    put('cgroup/cpu/cpu.cfs_period_us', '100000');
    expect(quota('0::/\n')).toBe(Number.POSITIVE_INFINITY);
    expect(quota('2:cpu:/\n')).toBe(Number.POSITIVE_INFINITY);
    expect(quota('')).toBe(Number.POSITIVE_INFINITY);
    expect(processorLimit(16, Number.POSITIVE_INFINITY)).toBe(16);
  });
});
