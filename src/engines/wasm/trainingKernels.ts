import type { TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import type { TrainingKernels } from '../../core/training/kernels';
import type { Heap } from './heap';
import type { Threads } from './threads';

/** Values of a chunk, where each costs a few operations. */
const CHUNK = 1 << 15;

/** The kernels that src/core/training names, on the heap. */
export function registerTrainingKernels(heap: Heap, threads: Threads): void {
  registerKernels<TrainingKernels>('wasm', {
    /** In place: the tensors that come in go out, unless something else, a clone say, shares their memory. */
    AdamStep(inputs, { beta1, beta2, epsilon }) {
      const [oldM, oldV, step, ...rest] = inputs as [TensorInfo, TensorInfo, TensorInfo, ...TensorInfo[]];
      const [m, v] = [heap.own(oldM), heap.own(oldV)];
      const variables = rest.slice(0, rest.length / 2).map((variable) => heap.own(variable));
      const gradients = rest.slice(rest.length / 2);
      const stepSize = heap.floats(step)[0]!;
      let offset = 0;
      for (const [i, variable] of variables.entries()) {
        const values = heap.floats(variable);
        threads.run(
          'adamStep',
          values.length,
          CHUNK,
          values.byteOffset,
          heap.address(m) + offset,
          heap.address(v) + offset,
          heap.address(gradients[i]!),
          stepSize,
          1 - beta1,
          1 - beta2,
          epsilon,
        );
        offset += values.byteLength;
      }
      return [m, v, ...variables];
    },

    /** A few thousand exponentials: not worth a thread, and JavaScript's are exact. */
    SparseSoftmaxCrossEntropy({ logits, labels }) {
      const [batch, classes] = logits.shape as [number, number];
      const outputs = {
        loss: heap.output([]),
        gradient: heap.output([batch, classes]),
        correct: heap.output([]),
      };
      const values = heap.floats(logits);
      const targets = heap.integers(labels);
      const gradient = heap.floats(outputs.gradient);
      const exponentials = new Float64Array(classes);
      let loss = 0;
      let correct = 0;
      for (let row = 0; row < batch; row++) {
        const from = row * classes;
        let best = 0;
        for (let n = 1; n < classes; n++) if (values[from + n]! > values[from + best]!) best = n;
        const most = values[from + best]!;
        let total = 0;
        for (let n = 0; n < classes; n++) {
          exponentials[n] = Math.exp(values[from + n]! - most);
          total += exponentials[n]!;
        }
        const target = targets[row]!;
        for (let n = 0; n < classes; n++)
          gradient[from + n] = (exponentials[n]! / total - (n === target ? 1 : 0)) / batch;
        loss += Math.log(total) - (values[from + target]! - most);
        if (best === target) correct++;
      }
      heap.floats(outputs.loss)[0] = loss / batch;
      heap.floats(outputs.correct)[0] = correct;
      return [outputs.loss, outputs.gradient, outputs.correct];
    },

    NormalizePixels(_, { bytes, shape }) {
      const floats = heap.output(shape);
      heap.withBlock(bytes.length, (copy) => {
        new Uint8Array(heap.memory.buffer).set(bytes, copy);
        threads.run('normalizePixels', bytes.length, CHUNK, copy, heap.address(floats));
      });
      return floats;
    },
  });
}
