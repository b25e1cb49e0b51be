import type { LayerRow, OperatorRow, StepRow } from '../../../cli/bench/report';
import { measureLayers } from './layers';
import type { Measurements } from './measure';
import { measureNetworkSizes } from './networks';

/** What a machine with a GPU measures of itself, and what the page of benchmarks shows of it. */
export interface GraphicsTables {
  readonly steps: StepRow[];
  readonly networks: StepRow[];
  readonly layers: LayerRow[];
  readonly operator: OperatorRow[];
}

/** A GPU wants more at once than two processors do. */
const sizes = [
  { imageSize: 32, batch: 256, residual: 'width=0.5,stem=cifar' },
  { imageSize: 64, batch: 64, residual: 'width=0.5' },
  { imageSize: 224, batch: 32, residual: 'width=1' },
] as const;

/** WebGPU, with the PyTorch of the same machine beside it. */
export function measureGraphics(measurements: Measurements, python: string): GraphicsTables {
  const beside = ['--engine', 'webgpu', '--peer', python, '--library', 'torch', '--seconds', '0.3'];
  const quick = [...beside, '--rounds', '3'];
  return {
    steps: measurements.part('gpu-steps', () =>
      measurements.bench<StepRow[]>(...beside, ...['256', '2048'].flatMap((size) => ['--batch-size', size])),
    ),
    operator: measurements.part('gpu-operator', () =>
      measurements.bench<OperatorRow[]>('--operator', ...quick),
    ),
    layers: measurements.part('gpu-layers', () => measureLayers(measurements, quick)),
    networks: sizes.flatMap((size) =>
      measurements.part(`gpu-networks-${size.imageSize}`, () =>
        measureNetworkSizes(measurements, [size], quick),
      ),
    ),
  };
}
