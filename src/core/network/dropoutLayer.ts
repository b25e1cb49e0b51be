import { mul, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { madeAtStep } from '../plan/recorder';
import { Random } from '../random';

const StockDropout = layers.dropout({ rate: 0.5 }).constructor as typeof layers.Layer;

/**
 * TF.js's Dropout, under its name. Its own, given a seed, drops the same values at every step; this one, told which step
 * it is (`step`, as the trainer does), others each time, and after a resume those that it would have dropped.
 */
export class Dropout extends StockDropout {
  static readonly className: string = 'Dropout';

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean; step?: number }): Tensor | Tensor[] {
    const { rate, seed } = this.getConfig() as { rate: number; seed: number | null };
    const { training = false, step } = kwargs;
    if (!training || step === undefined || seed == null) return super.call(inputs, kwargs as never);
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const kept = (at: number) => tensor(keptValues(x.size, rate, new Random(seed, at)), x.shape);
      return mul(x, madeAtStep(step, kept));
    });
  }
}

/** What each value is multiplied by: 0 for a share of `rate`, 1 / (1 − rate) for the others. */
function keptValues(count: number, rate: number, random: Random): Float32Array {
  const dropped = rate * 2 ** 32;
  return Float32Array.from({ length: count }, () => (random.uint32() < dropped ? 0 : 1 / (1 - rate)));
}
