import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineReport } from '../../../src/core/runs/engineReport';
import { type EngineName, engineNames } from '../../../src/core/runs/spec';
import type { DriverSource } from '../../../src/engines/catalog';
import { EngineError } from '../../../src/engines/engine';
import { mayHaveGraphicsDevice } from '../../../src/engines/graphicsDevice';
import { engineReports, startEngine } from '../../../src/engines/select';

interface Fake {
  /** Why it is not available; it is, when left out. */
  readonly missing?: string;
  readonly gpu?: boolean;
  readonly failsToStart?: string;
}

/** A machine with these engines; wasm and cpu are always there. */
function machine(fakes: Partial<Record<EngineName, Fake>>): DriverSource {
  return async (name) => {
    const { missing, gpu = false, failsToStart } = fakes[name] ?? {};
    return {
      name,
      probe: async (): Promise<EngineReport> => ({
        name,
        available: missing === undefined,
        device: missing === undefined ? 'a device' : '',
        version: missing === undefined ? '1.0' : '',
        gpu,
        reason: missing ?? '',
        cure: missing === undefined ? '' : 'Get it.',
      }),
      async start() {
        const failure = failsToStart ?? missing;
        if (failure !== undefined) throw new EngineError(name, failure, 'Get it.');
        const device = 'a device';
        const rest = { deterministic: true, memoryBytes: () => 0, dispose: async () => {} };
        return { name, device, version: '1.0', ...rest };
      },
    };
  };
}

const noTensorFlow = { missing: 'TensorFlow is not installed.' };
const noAdapter = { missing: 'no GPU adapter was found.' };

const auto = async (fakes: Parameters<typeof machine>[0], { mayHaveGpu = true, convolves = true } = {}) => {
  const engine = await startEngine('auto', { drivers: machine(fakes), mayHaveGpu, convolves });
  return [engine.name, engine.reason];
};

describe('auto takes the fastest engine that works, and says why', () => {
  it('TensorFlow on a GPU before all others', async () => {
    expect(await auto({ tensorflow: { gpu: true }, webgpu: { gpu: true } })).toEqual([
      'tensorflow',
      'auto: TensorFlow on the GPU',
    ]);
  });

  it('WebGPU on a real GPU before TensorFlow on the processor', async () => {
    expect(await auto({ webgpu: { gpu: true } })).toEqual(['webgpu', 'auto: tensorflow has no GPU; the GPU']);
  });

  it('not WebGPU where the processor imitates a GPU', async () => {
    expect(await auto({ tensorflow: noTensorFlow, webgpu: { gpu: false } })).toEqual([
      'wasm',
      'auto: TensorFlow is not installed; webgpu has no GPU; SIMD and threads',
    ]);
  });

  it('TensorFlow on the processor for convolutions, WebAssembly for involutions alone', async () => {
    const fakes = { webgpu: noAdapter };
    expect(await auto(fakes, { mayHaveGpu: false })).toEqual([
      'tensorflow',
      'auto: this machine has no GPU; the fastest convolutions',
    ]);
    expect(await auto(fakes, { mayHaveGpu: false, convolves: false })).toEqual([
      'wasm',
      'auto: this machine has no GPU; SIMD and threads',
    ]);
  });

  it('WebAssembly where nothing else is there', async () => {
    expect(await auto({ tensorflow: noTensorFlow, webgpu: noAdapter })).toEqual([
      'wasm',
      'auto: TensorFlow is not installed; no GPU adapter was found; SIMD and threads',
    ]);
  });

  it('asks for no GPU on a machine without one', async () => {
    const drivers = machine({ tensorflow: noTensorFlow });
    const asked: EngineName[] = [];
    const engine = await startEngine('auto', {
      mayHaveGpu: false,
      drivers: (name) => {
        asked.push(name);
        return drivers(name);
      },
    });
    expect(engine.reason).toBe(
      'auto: this machine has no GPU; TensorFlow is not installed; SIMD and threads',
    );
    expect(asked).not.toContain('webgpu');
  });

  it('goes on when an engine that is there does not start, and says so', async () => {
    const fakes = { tensorflow: { gpu: true, failsToStart: 'the driver is too old.' }, webgpu: noAdapter };
    const [name, reason] = await auto(fakes, { convolves: false });
    expect(name).toBe('wasm');
    expect(reason).toContain("The tensorflow engine can't be used: the driver is too old. Get it;");
  });

  it('fails when nothing starts, with every reason', async () => {
    const fakes = { wasm: { missing: 'no SIMD.' }, cpu: { missing: 'no JavaScript.' } };
    await expect(auto({ tensorflow: noTensorFlow, webgpu: noAdapter, ...fakes })).rejects.toThrow(
      'TensorFlow is not installed; no GPU adapter was found; no SIMD; no JavaScript.',
    );
  });
});

describe('an engine that was asked for', () => {
  it.each(engineNames)('%s starts, and nothing else', async (name) => {
    const engine = await startEngine(name, { drivers: machine({}) });
    expect([engine.name, engine.reason]).toEqual([name, 'chosen']);
  });

  it('is not replaced when it fails: the error has the cause and the cure', async () => {
    const start = startEngine('tensorflow', { drivers: machine({ tensorflow: noTensorFlow }) });
    await expect(start).rejects.toThrow(EngineError);
    await expect(start).rejects.toThrow(
      "The tensorflow engine can't be used: TensorFlow is not installed. Get it.",
    );
  });

  it('must exist', async () => {
    await expect(startEngine('abacus' as EngineName)).rejects.toThrow(
      "The abacus engine can't be used: there is no such engine. Choose one of auto, tensorflow, webgpu, wasm, cpu.",
    );
  });
});

describe('the reports', () => {
  it('are of all engines, in their order, and survive a driver that does not load', async () => {
    const drivers = machine({ webgpu: noAdapter });
    const reports = await engineReports(async (name) => {
      if (name === 'wasm') throw new Error('kernels.wasm is missing.');
      return drivers(name);
    });
    expect(reports.map(({ name, available, reason }) => [name, available, reason])).toEqual([
      ['tensorflow', true, ''],
      ['webgpu', false, 'no GPU adapter was found.'],
      ['wasm', false, 'kernels.wasm is missing.'],
      ['cpu', true, ''],
    ]);
    expect(reports[2]!.cure).not.toBe('');
  });
});

describe('whether there may be a GPU', () => {
  it('is seen in the device files of Linux, and left open elsewhere', () => {
    const devices = mkdtempSync(join(tmpdir(), 'devices-'));
    expect(mayHaveGraphicsDevice('linux', devices)).toBe(false);
    mkdirSync(join(devices, 'dri'));
    writeFileSync(join(devices, 'dri', 'card0'), '');
    expect(mayHaveGraphicsDevice('linux', devices), 'a display without a renderer').toBe(false);
    writeFileSync(join(devices, 'dri', 'renderD128'), '');
    expect(mayHaveGraphicsDevice('linux', devices)).toBe(true);
    const nvidia = mkdtempSync(join(tmpdir(), 'devices-'));
    writeFileSync(join(nvidia, 'nvidia0'), '');
    expect(mayHaveGraphicsDevice('linux', nvidia)).toBe(true);
    expect(mayHaveGraphicsDevice('darwin', '/nowhere')).toBe(true);
  });
});
