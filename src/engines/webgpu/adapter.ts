import { EngineError } from '../engine';

/** The one thing that the engine needs to know of a graphics adapter before it starts a device on it. */
export interface Adapter {
  /** "NVIDIA H100 PCIe · Vulkan driver 535.104", "SwiftShader Device (imitated by the processor)". */
  readonly name: string;
  /** False for an adapter that the processor imitates. */
  readonly gpu: boolean;
  /** Bytes of the largest tensor. */
  readonly largestBuffer: number;
}

/** Dawn forgets its devices when this goes. */
let instance: GPU | undefined;

/**
 * Starts Dawn, Chrome's WebGPU, and gives it to TF.js as a browser would: as `navigator.gpu` and the interfaces'
 * constructors.
 * @throws EngineError when the optional package is not there or does not load.
 */
async function startDawn(): Promise<GPU> {
  if (instance) return instance;
  const dawn = await import('webgpu').catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
    throw missing ? packageMissing(error) : packageBroken(error);
  });
  instance = dawn.create([]);
  Object.assign(globalThis, dawn.globals);
  // Node 21 and later have a navigator, and no way to assign to it.
  const navigator = (globalThis as { navigator?: object }).navigator ?? {};
  Object.defineProperty(navigator, 'gpu', { value: instance, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return instance;
}

function packageMissing(error: Error): EngineError {
  const file = /'([^']+\.node)'/.exec(error.message)?.[1];
  return new EngineError(
    'webgpu',
    file
      ? `the webgpu package has no build for ${process.platform}-${process.arch}.`
      : 'the optional package webgpu is not installed.',
    file ? 'Choose another engine.' : 'Install it with: npm install webgpu@0.6.2',
  );
}

function packageBroken(error: Error): EngineError {
  const reason = error.message.split('\n')[0]!.replace(/\.$/, '');
  return new EngineError(
    'webgpu',
    `the webgpu package does not load: ${reason}.`,
    'Install it again with: npm install webgpu@0.6.2',
  );
}

/**
 * The adapter that TF.js will take.
 * @throws EngineError when there is none.
 */
export async function findAdapter(): Promise<Adapter> {
  const gpu = await startDawn();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw new EngineError(
      'webgpu',
      'no GPU adapter was found.',
      'It needs a graphics driver with Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS).',
    );
  const { info } = adapter;
  const name = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'GPU';
  const imitated = info.isFallbackAdapter;
  return {
    name: imitated ? `${name} (imitated by the processor)` : name,
    gpu: !imitated,
    largestBuffer: Math.min(adapter.limits.maxBufferSize, adapter.limits.maxStorageBufferBindingSize),
  };
}
