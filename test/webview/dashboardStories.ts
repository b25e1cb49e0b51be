import { idleTraining, type TrainingState } from '../../src/core/runs/trainingState';
import type { DashboardState, RunElsewhere } from '../../src/protocol/dashboard';
import type { DashboardHost } from '../../src/protocol/dashboardCalls';
import { curve } from './curves';
import { modelsOfStory, twelveModels } from './models';

const running: TrainingState = {
  ...idleTraining,
  runFolder: '/ws/.involution/runs/cifar10-1',
  state: 'training',
  models: twelveModels.slice(0, 2),
  model: 'involution',
  epoch: 3,
  epochs: 20,
  batch: 118,
  batches: 196,
  fraction: 0.18,
  imagesPerSecond: 1204,
  secondsLeft: 130,
  engine: { name: 'wasm', device: 'SIMD · 2 threads', reason: 'no GPU found' },
  tensors: 138,
  tensorBytes: 25_270_000,
  metrics: {
    involution: { loss: 1.8098, accuracy: 0.3477, valLoss: 1.7711, valAccuracy: 0.3782 },
    convolution: { loss: 1.1517, accuracy: 0.5949, valLoss: 1.1024, valAccuracy: 0.6095 },
  },
};
const trainedElsewhere = (id: string, trainer: string): RunElsewhere => ({
  id,
  name: `${id} in a terminal`,
  trainer,
  training: { ...running, engine: null, epoch: 7, fraction: 0.32 },
  series: [curve({ axis: 'batch', smoothing: 0 }, 'loss', id, 'involution', 'train', 3)],
});
/** A run of more models; the last one has not had its turn. */
function runningWith(...traits: string[]): TrainingState {
  const models = modelsOfStory(traits);
  const trained = models.slice(0, Math.max(1, models.length - 1));
  const metrics = trained.map(({ id }, place) => [
    id,
    {
      loss: 1.81 - 0.1 * place,
      accuracy: 0.35 + 0.04 * place,
      valLoss: 1.77 - 0.1 * place,
      valAccuracy: 0.38,
    },
  ]);
  return { ...running, models, metrics: Object.fromEntries(metrics) };
}

const states: Record<string, Partial<DashboardState>> = {
  empty: {},
  parameters: { expanded: true, form: { schedule: { kind: 'step' }, learningRate: 0, batchSize: 0.5 } },
  recipe: {
    expanded: true,
    form: {
      optimizer: { kind: 'sgd', nesterov: true, momentum: 2 },
      schedule: { kind: 'cosine' },
      warmupEpochs: 5,
      labelSmoothing: 0.1,
      augmentation: { flip: true, crop: 4 },
    },
  },
  folder: {
    form: {
      data: { kind: 'folder', path: '/home/maria/项目 数据/flower photos/train' },
      models: ['involution'],
    },
  },
  'models-one': { form: { models: [{ preset: 'rednet', parameters: { depth: 26, width: 0.5 } }] } },
  'models-six': {
    form: {
      models: [
        ...['involution', 'convolution', 'static', 'attention'],
        { preset: 'involution', parameters: { kernelSize: 7 } },
        { preset: 'involution', parameters: { groups: 2 } },
      ],
    },
  },
  'models-twelve': {
    form: {
      models: Array.from({ length: 12 }, (_, i) => ({
        preset: 'resnet',
        parameters: { width: (i + 1) / 4 },
      })),
    },
  },
  'running-one': { training: runningWith('one') },
  'running-six': { training: runningWith('six') },
  'running-twelve': { training: runningWith('twelve') },
  untrusted: { trusted: false },
  preparing: {
    training: { ...idleTraining, state: 'preparing', epochs: 20, message: 'Downloading CIFAR-10: 34 %' },
  },
  running: { training: running },
  paused: { training: { ...running, state: 'paused' } },
  stopped: { training: { ...running, state: 'stopped', message: 'Stopped by the user.' } },
  done: {
    training: {
      ...running,
      state: 'done',
      model: null,
      epoch: 20,
      fraction: 1,
      imagesPerSecond: 0,
      secondsLeft: null,
    },
  },
  failed: {
    training: {
      ...running,
      state: 'failed',
      message: "Couldn't write epoch-0003: no space left on device. Free some space, then resume.",
    },
  },
  elsewhere: { elsewhere: [trainedElsewhere('cifar10', 'process 4711 on node-7')] },
  'elsewhere-many': {
    training: running,
    elsewhere: ['a', 'b', 'c', 'd', 'e'].map((id) => trainedElsewhere(id, 'process 12')),
  },
  crashed: {
    training: running,
    crash:
      'exit code 137 (killed, out of memory?)\n[info] epoch 3/20 batch 117/196 loss 1.8098\n[info] epoch 3/20 batch 118/196 loss 1.7991\n[warn] heap 3.9 GB of 4 GB',
  },
};

export function dashboardStory(name: string): DashboardHost {
  const part = states[name];
  if (!part && name !== 'unreachable') throw new Error(`No story "dashboard: ${name}".`);
  const begun = part?.training !== undefined && part.training.state !== 'preparing';
  const request = { axis: 'batch', smoothing: 0 } as const;
  const state: DashboardState = {
    form: {},
    expanded: false,
    trusted: true,
    training: idleTraining,
    series: begun
      ? part.training!.models.map(({ id }, i) => curve(request, 'loss', 'run', id, 'train', i === 0 ? 3 : 2))
      : [],
    elsewhere: [],
    crash: null,
    ...part,
  };
  const nothing = async () => {};
  return {
    ready: async () => {
      if (!part) throw new Error('The run folder /ws/.involution/runs could not be read: permission denied.');
      return state;
    },
    train: async () => {
      throw new Error('Another run is training: cifar10 · involution. Stop it first.');
    },
    rememberForm: nothing,
    rememberUnfolded: nothing,
    pause: nothing,
    continue: nothing,
    stop: nothing,
    resumeRun: nothing,
    restartWorker: nothing,
    openRun: nothing,
    pickFolder: async () => '/home/maria/pictures',
    classCount: async () => 5,
    selectEngine: nothing,
    showLog: nothing,
  };
}
