import * as l10n from '@vscode/l10n';
import type { EngineReport } from '../core/runs/engineReport';
import { type EngineName, engineNames } from '../core/runs/spec';
import { type DriverSource, engineDriver } from './catalog';
import { type Engine, type EngineDriver, EngineError } from './engine';
import { mayHaveGraphicsDevice } from './graphicsDevice';

interface Candidate {
  readonly engine: EngineName;
  /** Only when it computes on a graphics processor. */
  readonly gpu: boolean;
  /** Only when one of the networks convolves. */
  readonly forConvolutions?: boolean;
  /** Why it comes before those below it. */
  readonly advantage: () => string;
}

/**
 * What `auto` tries, fastest first by the training steps in docs/benchmarks.md. TensorFlow's convolutions on a
 * processor are several times faster than ours in WebAssembly; for the involution network alone it is the other way
 * round, because TensorFlow has no involution and the network's other layers are small.
 */
const preference: readonly Candidate[] = [
  { engine: 'tensorflow', gpu: true, advantage: () => l10n.t('TensorFlow on the GPU') },
  { engine: 'webgpu', gpu: true, advantage: () => l10n.t('the GPU') },
  {
    engine: 'tensorflow',
    gpu: false,
    forConvolutions: true,
    advantage: () => l10n.t('the fastest convolutions'),
  },
  { engine: 'wasm', gpu: false, advantage: () => l10n.t('SIMD and threads') },
  { engine: 'cpu', gpu: false, advantage: () => l10n.t('always there') },
];

export interface Selection {
  /** Whether one of the networks that will run convolves. Default: true. */
  readonly convolves?: boolean;
  readonly drivers?: DriverSource;
  readonly mayHaveGpu?: boolean;
}

/**
 * Starts the engine that was asked for, or the fastest that works. The engine's `reason` says why it is this one.
 * @throws EngineError when an engine that was asked for can't be used. Nothing else is tried in its place.
 */
export async function startEngine(choice: EngineName | 'auto', selection: Selection = {}): Promise<Engine> {
  const drivers = selection.drivers ?? engineDriver;
  if (choice === 'auto') return startFastest(selection, drivers);
  if (!engineNames.includes(choice))
    throw new EngineError(
      choice,
      l10n.t('there is no such engine.'),
      l10n.t('Choose one of {0}.', ['auto', ...engineNames].join(', ')),
    );
  const driver = await drivers(choice);
  return { ...(await driver.start()), reason: l10n.t('chosen') };
}

/** What there is to say about every engine. They are asked at the same time; none can make it throw. */
export function engineReports(drivers: DriverSource = engineDriver): Promise<EngineReport[]> {
  return Promise.all(engineNames.map((name) => report(name, drivers)));
}

async function report(name: EngineName, drivers: DriverSource): Promise<EngineReport> {
  try {
    return await (await drivers(name)).probe();
  } catch (error) {
    const unavailable = { available: false, device: '', version: '', cure: reinstall() };
    return { name, ...unavailable, reason: (error as Error).message };
  }
}

async function startFastest(
  { convolves = true, mayHaveGpu = mayHaveGraphicsDevice() }: Selection,
  drivers: DriverSource,
): Promise<Engine> {
  const passedOver = new Set<string>();
  const pass = (reason: string) => passedOver.add(reason.replace(/[.。]$/, ''));
  if (!mayHaveGpu) pass(l10n.t('this machine has no GPU'));
  const reports = new Map<EngineName, EngineReport>();
  for (const { engine, gpu, forConvolutions, advantage } of preference) {
    if (gpu && !mayHaveGpu) continue;
    if (forConvolutions && !convolves) continue;
    const found = reports.get(engine) ?? (await report(engine, drivers));
    reports.set(engine, found);
    if (!found.available) pass(found.reason);
    else if (gpu && !found.gpu) pass(l10n.t('{0} has no GPU', engine));
    else {
      const started = await start(await drivers(engine), pass);
      if (started)
        return { ...started, reason: l10n.t('auto: {0}', [...passedOver, advantage()].join('; ')) };
    }
  }
  throw new EngineError('cpu', [...passedOver].join('; ').concat('.'), reinstall());
}

const reinstall = () => l10n.t('Reinstall Involution Lab.');

async function start(driver: EngineDriver, pass: (reason: string) => void) {
  try {
    return await driver.start();
  } catch (error) {
    pass((error as Error).message);
    return null;
  }
}
