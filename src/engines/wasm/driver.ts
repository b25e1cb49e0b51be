import { setFlagsFromString } from 'node:v8';
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as l10n from '@vscode/l10n';
import { registerKernels } from '../../core/customKernels';
import type { InvolutionKernels } from '../../core/involution/kernels';
import type { EngineReport } from '../../core/runs/engineReport';
import { type EngineDriver, EngineError } from '../engine';
import { processorName } from '../processor';
import { registerAddKernels } from './addKernels';
import { registerBatchNormKernels } from './batchNorm';
import { registerConvolutionKernels } from './convolutionKernels';
import { registerDepthwiseKernels } from './depthwiseKernels';
import { arithmetics, fusesMultiplyAdd } from './fusedArithmetic';
import { generationKernels } from './generation';
import { Heap, mostBytes } from './heap';
import { involutionKernels } from './involution';
import { registerMatMulKernels } from './matMulKernels';
import { registerOutlookKernels } from './outlookKernels';
import { registerPoolingKernels } from './poolingKernels';
import { registerRankOneKernels } from './rankOneInvolution';
import { registerReluKernels } from './reluKernels';
import { registerSegmentKernels } from './segmentKernels';
import { registerSharingKernels } from './sharingKernels';
import { registerSumKernels } from './sumKernels';
import { registerTapSoftmaxKernels } from './tapSoftmaxKernels';
import { Threads, wantedThreads } from './threads';
import { registerTrainingKernels } from './trainingKernels';
import { wantsWideVectors, wideningOption } from './wideVectors';

/** TF.js's WebAssembly backend with the lab's own SIMD kernels on its heap, over threads. Always there. */
export const wasmDriver: EngineDriver = {
  name: 'wasm',

  async probe(): Promise<EngineReport> {
    const base = { name: 'wasm', version: version_wasm } as const;
    try {
      const { count, widening } = wanted();
      const device = deviceName(count, (await widening) !== undefined);
      return { ...base, available: true, device, reason: '', cure: '' };
    } catch (error) {
      const reason = (error as Error).message;
      return { ...base, available: false, device: '', reason, cure: correctTheVariable() };
    }
  },

  async start() {
    const { count, widening } = withCure(wanted);
    const [heap, option] = await Promise.all([Heap.start().catch(failWith(reinstall())), widening]);
    if (option) setFlagsFromString(option);
    const isWide = option !== undefined;
    const threads = await Threads.start(heap, count, isWide).catch((error) => {
      heap.dispose();
      return failWith(reinstall())(error);
    });
    registerAllKernels(heap, threads);
    return {
      name: 'wasm',
      device: deviceName(threads.count, isWide, heap.isShared),
      version: version_wasm,
      deterministic: true,
      arithmetic: fusesMultiplyAdd() ? arithmetics.fused : arithmetics.plain,
      memoryBytes: () => heap.bytes,
      memoryLimit: mostBytes,
      async dispose() {
        await threads.dispose();
        heap.dispose();
      },
    };
  },
};

const correctTheVariable = () => l10n.t('Correct the variable or unset it.');
const reinstall = () => l10n.t('Reinstall the package, or choose the cpu engine.');

const failWith = (cure: string) => (error: Error) => {
  throw new EngineError('wasm', error.message, cure);
};

/** What the environment allows: threads, and V8's option for wide vectors, which is looked for from now on. */
function wanted() {
  const count = wantedThreads();
  return { count, widening: wantsWideVectors() ? wideningOption() : undefined };
}

function withCure<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    return failWith(correctTheVariable())(error as Error);
  }
}

function registerAllKernels(heap: Heap, threads: Threads) {
  registerKernels<InvolutionKernels>('wasm', {
    ...involutionKernels(heap, threads),
    ...generationKernels(heap, threads),
  });
  registerAddKernels(heap, threads);
  registerBatchNormKernels(heap, threads);
  registerRankOneKernels(heap, threads);
  registerTrainingKernels(heap, threads);
  registerConvolutionKernels(heap, threads);
  registerMatMulKernels(heap, threads);
  registerPoolingKernels(heap, threads);
  registerReluKernels(heap, threads);
  registerSharingKernels(heap);
  registerDepthwiseKernels(heap, threads);
  registerTapSoftmaxKernels(heap, threads);
  registerOutlookKernels(heap, threads);
  registerSegmentKernels(heap);
  registerSumKernels(heap, threads);
}

function deviceName(threads: number, isWide: boolean, shared = true) {
  const counted = threads === 1 ? l10n.t('1 thread') : l10n.t('{0} threads', threads);
  const words = shared ? counted : l10n.t('1 thread (memory can’t be shared)');
  const fused = isWide ? l10n.t('256-bit SIMD with FMA') : l10n.t('SIMD with FMA');
  return `${processorName()} · ${fusesMultiplyAdd() ? fused : 'SIMD'} · ${words}`;
}
