import type { EngineName } from '../core/runs/spec';
import type { EngineDriver } from './engine';

const drivers: Record<EngineName, () => Promise<EngineDriver>> = {
  tensorflow: async () => (await import('./tensorflow/driver')).tensorFlowDriver,
  webgpu: async () => (await import('./webgpu/driver')).webGpuDriver,
  wasm: async () => (await import('./wasm/driver')).wasmDriver,
  cpu: async () => (await import('./cpu/driver')).cpuDriver,
};

/** Where a driver comes from, by name. */
export type DriverSource = (name: EngineName) => Promise<EngineDriver>;

/** Loads an engine's driver when it is asked for: an engine that is not used costs nothing. */
export const engineDriver: DriverSource = (name) => drivers[name]();
