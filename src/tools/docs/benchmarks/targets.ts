import type { LayerRow, OperatorRow, StepRow } from '../../../cli/bench/report';
import type { EngineName } from '../../../core/runs/spec';

/** What was to be reached: ours by theirs, so less is better. NaN where it could not be measured. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly must: number;
  readonly aim: number;
}

interface Peers<Key extends string> {
  readonly peers: readonly (Readonly<Record<Key, number>> & { readonly name: string })[];
}

/** Of the row that the condition finds first, a peer's ratio. */
function ratio<Key extends string, Row extends Peers<Key>>(
  rows: readonly Row[],
  isMeant: (row: Row) => boolean,
  peer: RegExp,
  key: Key,
): number {
  const found = rows.find(isMeant)?.peers.find(({ name }) => peer.test(name));
  return found ? found[key] : Number.NaN;
}

export interface Tables {
  readonly steps: readonly StepRow[];
  readonly networks: readonly StepRow[];
  readonly layers: readonly LayerRow[];
  readonly operator: readonly OperatorRow[];
  readonly whole: { readonly epochs: number; readonly ours: number; readonly keras: number };
}

const keras = /Keras/;
const torch = /PyTorch/;

export function targetsOf({ steps, networks, layers, operator, whole }: Tables): Target[] {
  const step = (model: string, engine: EngineName) => (row: StepRow) =>
    row.engine === engine && row.model === model;
  const rednet = (imageSize: number, pass: StepRow['pass']) => (row: StepRow) =>
    step('rednet-26', 'wasm')(row) && row.imageSize === imageSize && row.pass === pass;
  const attention = ({ engine, generator }: LayerRow) => engine === 'wasm' && generator === 'attention';
  const involution = (row: OperatorRow) =>
    row.engine === 'wasm' && row.channels === 64 && row.kernelSize === 7 && row.size === 56;
  const targets: [what: string, measured: number, must: number, aim: number][] = [
    ['INN step, wasm ÷ Keras', ratio(steps, step('involution', 'wasm'), keras, 'ratio'), 0.08, 0.055],
    ['CNN step, wasm ÷ Keras', ratio(steps, step('convolution', 'wasm'), keras, 'ratio'), 1.8, 1.2],
    ['CNN step, tensorflow ÷ Keras', ratio(steps, step('convolution', 'tensorflow'), keras, 'ratio'), 1, 0.9],
    [
      'RedNet-26 step, base width 32, 32², batch 32, wasm ÷ PyTorch',
      ratio(networks, rednet(32, 'training'), torch, 'ratio'),
      0.3,
      0.15,
    ],
    [
      'the same, peak memory ÷ PyTorch',
      ratio(networks, rednet(32, 'training'), torch, 'memoryRatio'),
      1,
      0.5,
    ],
    [
      'RedNet-26, 224², batch 1, inference, wasm ÷ PyTorch',
      ratio(networks, rednet(224, 'inference'), torch, 'ratio'),
      1,
      0.5,
    ],
    [
      'local attention layer, C 64, K 7, G 4, 56², batch 8, forward and backward, wasm ÷ PyTorch',
      ratio(layers, attention, torch, 'ratio'),
      0.3,
      0.1,
    ],
    [
      'bare involution, C 64, K 7, G 4, 56², batch 8, wasm ÷ PyTorch',
      ratio(operator, involution, torch, 'ratio'),
      0.5,
      0.2,
    ],
    ['peak memory of the same ÷ PyTorch', ratio(operator, involution, torch, 'memoryRatio'), 0.25, 0.1],
    [`whole ${whole.epochs}-epoch CIFAR-10 INN run, wasm ÷ Keras fit`, whole.ours / whole.keras, 0.25, 0.1],
  ];
  return targets.map(([what, measured, must, aim]) => ({ what, measured, must, aim }));
}

export function verdict({ measured, must, aim }: Target): string {
  if (Number.isNaN(measured)) return 'not measured';
  if (measured <= aim) return 'aim';
  return measured <= must ? 'must' : 'missed';
}
