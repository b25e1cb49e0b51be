import {
  type LabSection,
  type LabState,
  type RunCard,
  type SeriesPatch,
  type SeriesRequest,
  tourSteps,
} from '../../src/protocol/lab';
import type { LabHost } from '../../src/protocol/labCalls';
import { allCurves } from './curves';
import { dataPreview, evaluation, pictureOf, summariesOf } from './images';
import { counterpartOf, kernelDetail, kernelMapOf, kernelRowOf, kernelSession } from './kernels';
import { modelsOfStory, twelveModels } from './models';

const card: RunCard = {
  id: 'cifar10-1',
  name: 'cifar10 inn+cnn',
  state: 'training',
  elsewhere: null,
  models: twelveModels.slice(0, 2),
  dataName: 'CIFAR-10',
  seed: 42,
  epochs: 20,
  engine: 'wasm · SIMD · 2 threads',
  created: '2026-11-24T08:00:00Z',
  seconds: 812,
  bestAccuracy: { involution: 0.4623, convolution: 0.7157 },
};
export const cards: RunCard[] = [
  card,
  {
    ...card,
    id: 'cifar10-2',
    name: 'cifar10 lr 3e-3',
    state: 'done',
    bestAccuracy: { involution: 0.4411, convolution: 0.6902 },
  },
  {
    ...card,
    id: 'flowers-1',
    name: '花卉 flower photos',
    state: 'interrupted',
    dataName: 'flower photos',
    bestAccuracy: { involution: 0.5512 },
  },
];
/** Steps of the tour that come after so many. */
const ordinals = ['second', 'third', 'fourth', 'fifth', 'sixth'];
const epochs: Record<string, number> = { 'cifar10-1': 14, 'cifar10-2': 20, 'flowers-1': 8 };

/** What frameTime.ts gives the page: the host's side of `series`, outside the page's own thread. */
declare const answerSeries: (
  request: SeriesRequest,
) => Promise<(Omit<SeriesPatch, 'x' | 'raw' | 'smooth'> & { x: string; raw: string; smooth: string })[]>;
const measured = async (request: SeriesRequest): Promise<SeriesPatch[]> =>
  (await answerSeries(request)).map(({ x, raw, smooth, ...rest }) => ({
    ...rest,
    x: new Float64Array(bytesOf(x)),
    raw: new Float32Array(bytesOf(raw)),
    smooth: new Float32Array(bytesOf(smooth)),
  }));
const bytesOf = (base64: string): ArrayBuffer =>
  (Uint8Array as unknown as { fromBase64(text: string): Uint8Array<ArrayBuffer> }).fromBase64(base64).buffer;

/** "charts", "charts-compared", "kernels-none-bare" … : a section, then what is special about it. */
export function labStory(name: string): LabHost {
  const [section, ...traits] = name.split('-') as [LabSection, ...string[]];
  const has = (trait: string) => traits.includes(trait);
  const special = ['attention', 'rednet', 'drin'].find(has);
  const models = special
    ? twelveModels.filter(({ id }) => id === special || id === 'convolution')
    : modelsOfStory(traits);
  /** "charts-upto40": of so many batches; of as many as a test says in `window.batches`. */
  const upTo = Number(/-upto(\d+)/.exec(name)?.[1] ?? Number.NaN) || null;
  const withModels = (run: RunCard): RunCard => ({
    ...run,
    models,
    bestAccuracy: Object.fromEntries(
      models.map(({ id }, place) => [id, run.bestAccuracy[id] ?? 0.42 + 0.03 * place]),
    ),
  });
  const many = Array.from({ length: 51 }, (_, i): RunCard => ({ ...card, id: `run-${i}`, name: `run ${i}` }));
  const all = (
    has('many')
      ? many
      : has('five')
        ? many.slice(0, 5)
        : has('elsewhere')
          ? [{ ...card, elsewhere: 'process 4711 on node-7' }]
          : cards
  ).map((run) => (models.length === 2 ? run : withModels(run)));
  const shown =
    has('none') || has('gone') || has('awaited')
      ? []
      : has('many')
        ? all.slice(0, 50)
        : has('compared')
          ? all.slice(0, has('five') ? 5 : 2)
          : all.slice(0, 1);
  /** "learn-third": the third step is the first open one. */
  const learnedBefore = tourSteps.slice(0, ordinals.findIndex(has) + 1);
  const state = (runs: readonly RunCard[]): LabState => ({
    subject: {
      runs: has('gone') ? ['cifar10-1'] : runs.map((run) => run.id),
      section,
      images: has('bare')
        ? []
        : has('full')
          ? Array.from({ length: 999 }, (_, i) => `/ws/images/${i}.png`)
          : ['/ws/images/cat_07.jpg'],
    },
    isAwaited: has('awaited'),
    shown: [...runs],
    others: has('none') ? [] : all.filter((run) => !runs.includes(run)),
    unlisted: has('many') ? 19_000 : 0,
    trusted: true,
    learned: has('toured') ? [...tourSteps] : learnedBefore,
    preferences: { smoothing: has('smooth') ? 0.9 : 0, colorMap: has('diverging') ? 'diverging' : 'viridis' },
  });
  const fail = () =>
    Promise.reject(
      new Error(
        'events.jsonl, line 1204: "loss" is missing. The file was changed by hand or by another version.',
      ),
    );
  const never = () => new Promise<never>(() => {});
  const nothing = async () => {};
  /** The run's images have changed, and nobody has said yet that another folder or these will do. */
  let isRefused = has('changed');
  const dataChange = has('changed') ? 'more images: 5 to train and 2 to validate with, then 4 and 2' : null;
  const withData = <T>(value: () => T | Promise<T>): Promise<T> => {
    const message = `The data of the run cifar10-1 has changed since it began: ${dataChange}.`;
    return isRefused
      ? Promise.reject(Object.assign(new Error(message), { ways: ['folder', 'anyway'] }))
      : answer(value);
  };
  const answer = <T>(value: () => T | Promise<T>): Promise<T> =>
    has('failed') ? fail() : has('working') ? never() : Promise.resolve(value());
  return {
    ready: async () => state(shown),
    series: (request) => {
      if (has('measured')) return measured(request);
      const { batches = null } = globalThis as unknown as { batches?: number };
      const wanted = { ...request, to: request.to ?? batches ?? upTo };
      return answer(() => allCurves(wanted, has('fresh') ? { 'cifar10-1': 0 } : epochs, models));
    },
    summaries: () => answer(() => summariesOf(models)),
    evaluation: (_, model) => withData(() => ({ ...evaluation(model), dataChange })),
    validationImages: async (_, indices) => indices.map((index) => pictureOf(index % 200)),
    dataPreview: () => withData(() => ({ ...dataPreview(has('skipped')), dataChange })),
    chooseDataFolder: async () => {
      isRefused = false;
      return true;
    },
    useDataAnyway: async () => {
      isRefused = false;
    },
    openKernels: (image, run, model, epoch) => {
      const session = (index: number) =>
        kernelSession(
          index,
          run,
          model,
          epoch,
          models.filter(({ id }) => !id.startsWith('convolution')),
        );
      return 'file' in image
        ? answer(() => session(image.file.length % 40))
        : withData(() => ({ ...session(image.validationIndex), dataChange }));
    },
    kernelMap: async (session, layer, group, statistic) => kernelMapOf(session, layer, statistic, group),
    kernelAt: async (session, layer, row, column) => kernelDetail(session, layer, row, column),
    kernelRow: async (session, layer, row) => kernelRowOf(session, layer, row),
    counterpart: async (session, layer, filter) => {
      const model = models.find(({ id }) => id.startsWith('convolution'));
      return session.includes('@0@') || !model ? null : counterpartOf(layer, filter, model);
    },
    closeKernels: nothing,
    pickImages: async () =>
      has('full')
        ? ['/ws/images/dog_01.png', '/ws/images/dog_02.png', '/ws/images/dog_03.png']
        : ['/ws/images/dog_01.png'],
    cancel: nothing,
    setRuns: async (runs) => (has('refusing') ? fail() : state(all.filter((run) => runs.includes(run.id)))),
    remember: nothing,
    rememberLearned: nothing,
    trainFirst: nothing,
    resume: nothing,
    exportModel: nothing,
    save: async () => true,
    copy: nothing,
    showLog: nothing,
  };
}
