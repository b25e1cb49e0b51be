import {
  type LayerRow,
  layerReport,
  markdown,
  type OperatorRow,
  operatorReport,
  type StepRow,
  stepReport,
} from '../../../cli/bench/report';
import { measureLayers } from './layers';
import type { Measured, Measurements } from './measure';
import { measureNetworkSizes } from './networks';

/** A GPU wants more at once than two processors do. */
const sizes = [
  { imageSize: 32, batch: 256, residual: 'width=0.5,stem=cifar' },
  { imageSize: 64, batch: 64, residual: 'width=0.5' },
  { imageSize: 224, batch: 32, residual: 'width=1' },
] as const;

/** WebGPU, with the PyTorch of the same machine beside it: what a machine with a GPU measures of itself, part by part. */
export function measureGraphics(measurements: Measurements, python: string): void {
  const beside = ['--engine', 'webgpu', '--peer', python, '--library', 'torch', '--seconds', '0.3'];
  const quick = [...beside, '--rounds', '3'];
  measurements.part('gpu-steps', () =>
    measurements.bench<StepRow[]>(...beside, '--batch-size', '256', '--batch-size', '2048'),
  );
  for (const size of sizes)
    measurements.part(networksOf(size), () => measureNetworkSizes(measurements, [size], quick));
  measurements.part('gpu-layers', () => measureLayers(measurements, quick));
  measurements.part('gpu-operator', () => measurements.bench<OperatorRow[]>('--operator', ...quick));
}

/** The page's section of the parts that there are; null without any. */
export function graphicsSection(measurements: Measurements): string | null {
  const steps = measurements.kept<StepRow[]>('gpu-steps');
  const networks = sizes.map((size) => measurements.kept<StepRow[]>(networksOf(size)));
  const layers = measurements.kept<LayerRow[]>('gpu-layers');
  const operator = measurements.kept<OperatorRow[]>('gpu-operator');
  const measured = [steps, ...networks, layers, operator].filter((part) => part !== null);
  if (measured.length === 0) return null;
  const rowsOf = (parts: readonly (Measured<StepRow[]> | null)[]) =>
    parts.flatMap((part) => part?.result ?? []);
  return [
    '## On a GPU',
    `Made by \`bench.sh tables PYTHON\` of \`npm run package:bench\` on ${[...new Set(measured.map(({ machine }) => machine))].join('; ')}.
PyTorch as it comes: its convolutions round to TF32 on this GPU, its matrix products don't.`,
    markdown(stepReport(rowsOf([steps, ...networks]))),
    ...(layers ? [`### An involution layer alone, there\n\n${markdown(layerReport(layers.result))}`] : []),
    ...(operator ? [`### The bare involution, there\n\n${markdown(operatorReport(operator.result))}`] : []),
  ].join('\n\n');
}

const networksOf = ({ imageSize }: { imageSize: number }) => `gpu-networks-${imageSize}`;
