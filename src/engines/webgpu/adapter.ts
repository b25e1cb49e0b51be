import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as l10n from '@vscode/l10n';
import { EngineError } from '../engine';

/** What the engine needs to know of a graphics adapter before it starts a device on it. */
export interface Adapter {
  /** "NVIDIA H100 PCIe · Vulkan driver 535.104", "SwiftShader Device (imitated by the processor)". */
  readonly name: string;
  /** False for an adapter that the processor imitates. */
  readonly gpu: boolean;
  /** Bytes of the largest tensor. */
  readonly largestBuffer: number;
}

/** What the process that looks for an adapter prints. */
type Answer =
  | { readonly thrown: { readonly code?: string; readonly message: string } }
  | { readonly found: null | (Record<'name' | 'vendor' | 'architecture', string> & FoundSizes) };
interface FoundSizes {
  readonly imitated: boolean;
  readonly largestBuffer: number;
}

/** Asks for the adapter that TF.js will take. */
const searchScript = `
  const [webgpu] = process.argv.slice(1);
  async function find() {
    const { create } = await import(webgpu);
    const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    const { info, limits } = adapter;
    return {
      name: info.description,
      vendor: info.vendor,
      architecture: info.architecture,
      imitated: info.isFallbackAdapter,
      largestBuffer: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
    };
  }
  find().then(
    (found) => ({ found }),
    ({ code, message }) => ({ thrown: { code, message } }),
  ).then((answer) => process.stdout.write(JSON.stringify(answer), () => process.exit()));
`;

/**
 * Looks for a graphics adapter in a process of its own: Dawn and the drivers print there what they think of this
 * machine, and a broken driver can crash it without harm.
 * @throws EngineError when there is none, or the optional package webgpu is not there or does not load.
 */
export async function findAdapter(): Promise<Adapter> {
  const { answer, warning } = await search(locatePackage());
  if ('thrown' in answer)
    throw answer.thrown.code === 'MODULE_NOT_FOUND' ? noBuild() : brokenPackage(answer.thrown.message);
  const { found } = answer;
  if (!found)
    throw new EngineError(
      'webgpu',
      warning ? l10n.t('no GPU adapter was found ({0}).', warning) : l10n.t('no GPU adapter was found.'),
      l10n.t('It needs a graphics driver with Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS).'),
    );
  const name = found.name || [found.vendor, found.architecture].filter(Boolean).join(' ') || 'GPU';
  return {
    name: found.imitated ? l10n.t('{0} (imitated by the processor)', name) : name,
    gpu: !found.imitated,
    largestBuffer: found.largestBuffer,
  };
}

function locatePackage(): string {
  try {
    return import.meta.resolve('webgpu');
  } catch {
    throw new EngineError(
      'webgpu',
      l10n.t('the optional package {0} is not installed.', 'webgpu'),
      l10n.t('Install it with: {0}', 'npm install webgpu@0.6.2'),
    );
  }
}

/** The answer, and why Dawn passed over a driver that is there. */
async function search(webgpu: string): Promise<{ answer: Answer; warning: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', searchScript, webgpu], {
      timeout: 60_000,
      // VS Code's own executable is a Node.js only when it is told to be.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    return { answer: JSON.parse(stdout), warning: /^Warning: (.*?)\.?$/m.exec(stderr)?.[1] ?? '' };
  } catch (error) {
    const { signal, message } = error as Error & { signal?: string };
    throw new EngineError(
      'webgpu',
      l10n.t('the process that looked for a GPU ended: {0}.', signal ?? message.split('\n')[0]!),
      l10n.t('Update the graphics driver, or choose another engine.'),
    );
  }
}

const noBuild = () =>
  new EngineError(
    'webgpu',
    l10n.t('the package {0} has no build for {1}.', 'webgpu', `${process.platform}-${process.arch}`),
    l10n.t('Choose another engine.'),
  );

const brokenPackage = (message: string) =>
  new EngineError(
    'webgpu',
    l10n.t('the package {0} does not load: {1}.', 'webgpu', message.split('\n')[0]!.replace(/\.$/, '')),
    l10n.t('Install it again with: {0}', 'npm install webgpu@0.6.2'),
  );
