import { describe, expect, it } from 'vitest';
import { reportTable } from '../../../src/cli/engines';
import type { EngineReport } from '../../../src/core/runs/engineReport';

describe('involution engines', () => {
  it('prints what there is in a table, and why the rest is not', () => {
    const there = { available: true, reason: '', cure: '' };
    const reports: EngineReport[] = [
      { name: 'tensorflow', ...there, device: 'NVIDIA H100', version: '2.21.0', gpu: true },
      {
        name: 'webgpu',
        available: false,
        device: '',
        version: '',
        reason: 'no GPU adapter was found.',
        cure: 'Get a driver.',
      },
      { name: 'wasm', ...there, device: 'AMD EPYC · SIMD · 2 threads', version: '4.22.0' },
    ];
    expect(reportTable(reports)).toBe(`\
Engine      Available  Device                       Version
tensorflow  yes        NVIDIA H100                  2.21.0
webgpu      no         –                            –
wasm        yes        AMD EPYC · SIMD · 2 threads  4.22.0

webgpu: no GPU adapter was found. Get a driver.`);
  });
});
