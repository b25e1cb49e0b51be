import { describe, expect, it } from 'vitest';
import type { LayerRow, OperatorRow, StepRow } from '../../../src/cli/bench/report';
import { targetsOf, verdict } from '../../../src/tools/docs/benchmarks/targets';

const torch = (ratio: number, memoryRatio: number) => ({ name: 'PyTorch 2, CPU', ratio, memoryRatio });
const keras = (ratio: number) => ({ name: 'Keras 3 on TensorFlow, CPU', ratio, memoryRatio: 0.5 });
const step = (row: object) => row as StepRow;

describe('what was to be reached', () => {
  const targets = targetsOf({
    steps: [
      step({ engine: 'wasm', model: 'involution', peers: [torch(9, 9), keras(0.06)] }),
      step({ engine: 'tensorflow', model: 'convolution', peers: [keras(1.5)] }),
    ],
    networks: [
      step({
        ...{ engine: 'tensorflow', model: 'rednet-26', imageSize: 32, pass: 'training' },
        peers: [torch(7, 7)],
      }),
      step({ engine: 'wasm', model: 'rednet-26', imageSize: 32, pass: 'training', peers: [torch(0.1, 0.7)] }),
      step({ engine: 'wasm', model: 'rednet-26', imageSize: 224, pass: 'inference', peers: [torch(2, 3)] }),
    ],
    layers: [
      { engine: 'wasm', generator: 'static', peers: [torch(5, 5)] },
      { engine: 'wasm', generator: 'attention', peers: [torch(0.2, 5)] },
    ] as unknown as LayerRow[],
    operator: [
      { engine: 'wasm', channels: 64, kernelSize: 7, size: 56, peers: [torch(0.01, 0.08)] },
    ] as unknown as OperatorRow[],
    whole: { epochs: 5, ours: 10, keras: 100 },
  });

  it('is read from the row that is meant, beside the peer that is meant', () => {
    expect(targets.map(({ measured }) => measured)).toEqual([
      ...[0.06, Number.NaN, 1.5, 0.1, 0.7, 2, 0.2, 0.01, 0.08, 0.1],
    ]);
  });

  it('is judged, and what could not be measured is not', () => {
    expect(targets.map(verdict)).toEqual([
      ...['must', 'not measured', 'missed', 'aim', 'must', 'missed', 'must', 'aim', 'aim', 'aim'],
    ]);
  });
});
