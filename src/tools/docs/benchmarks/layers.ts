import type { LayerRow } from '../../../cli/bench/report';
import type { GeneratorName } from '../../../core/involution/generators/generatorKinds';
import type { Measurements } from './measure';

/** An involution layer of each generator, at RedNet's first stage. */
export function measureLayers(measurements: Measurements, words: readonly string[]): LayerRow[] {
  const layer = (generator: GeneratorName, ...size: string[]) =>
    measurements.bench<LayerRow[]>('--layer', generator, ...size, ...words);
  return [
    ...(['bottleneck', 'linear', 'static', 'attention'] as const).flatMap((generator) => layer(generator)),
    // Its K⁴ scores for each group of each pixel are gigabytes at 7.
    ...layer('outlook', '--kernel-size', '3'),
  ];
}
