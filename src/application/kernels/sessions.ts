import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as l10n from '@vscode/l10n';
import { softmax } from '../../core/evaluation/evaluation';
import { predict } from '../../core/evaluation/predict';
import { type Counterpart, fixedLayers, fixedStencil } from '../../core/kernels/fixedStencil';
import { type KernelDetail, kernelAt } from '../../core/kernels/kernelDetail';
import type { Activation, TracedLayer } from '../../core/kernels/kernelLayer';
import { type KernelMap, statisticMap } from '../../core/kernels/kernelMap';
import { kernelRow } from '../../core/kernels/kernelRow';
import { counterpartOf } from '../../core/kernels/pairing';
import type { KernelRequest, KernelSession } from '../../core/kernels/session';
import type { KernelStatistic } from '../../core/kernels/statistics';
import { tracedStatistic, traceInvolutions } from '../../core/kernels/trace';
import type { DataChoice } from '../../core/runs/dataChoice';
import type { LoadingOptions } from '../../node/data/loadingOptions';
import { picture } from '../../node/images/picture';
import { ImageError, type RgbImage, readImage } from '../../node/images/readImage';
import type { RunData } from '../../node/runs/runDataset';
import { imageProblem } from './imageProblem';
import { findInvolutionNetwork, type InvolutionNetwork } from './involutionNetwork';
import { NetworkCache } from './networkCache';

export interface KernelSessionsOptions {
  /** Resolves when there is an engine to compute on. */
  readonly engine: () => Promise<unknown>;
  /** A run's data, for requests by the index of a validation image. */
  readonly data: (runFolder: string, choice: DataChoice, options: LoadingOptions) => Promise<RunData>;
  /** Beyond either of these the session that was used longest ago is closed. */
  readonly most?: { readonly sessions: number; readonly bytes: number };
}

interface OpenSession {
  readonly network: InvolutionNetwork;
  readonly layers: TracedLayer[];
  /** Statistics that were asked for beyond the layers' own, by layer and name. */
  readonly others: Map<string, Float32Array>;
}

/** At native resolution an image's activations take some 30 bytes per pixel. */
const nativePixelLimit = 25_000_000;
const usualMost = { sessions: 64, bytes: 1024 ** 3 };

/** The session was closed, or belonged to another process: whoever wants it opens the image again. */
export class UnknownSessionError extends Error {
  override readonly name = 'UnknownSessionError';
  constructor() {
    super(l10n.t('The kernels of this image are no longer held. Open the image again.'));
  }
}

/** Images with the kernels that a network generates for them: opened once, then asked about. */
export class KernelSessions {
  /** Least recently used first. */
  readonly #open = new Map<string, OpenSession>();
  readonly #networks = new NetworkCache(4);

  constructor(private readonly options: KernelSessionsOptions) {}

  /** Runs an image through a network's involutions. @throws ImageError, or an error that says what is missing */
  async open(request: KernelRequest, options: LoadingOptions = {}): Promise<KernelSession> {
    const { signal, onProgress } = options;
    const network = await findInvolutionNetwork(request.source);
    const { image, caption, dataChange } = await this.#image(request, network, options);
    signal?.throwIfAborted();
    await this.options.engine();
    const message = l10n.t('Kernels of {0}', caption);
    const [layers, likely] = await this.#networks.use(network.key, network.load, async (loaded) => [
      await traceInvolutions(loaded, activation(image), {
        signal,
        onProgress: (fraction) => onProgress?.({ message, fraction }),
      }).catch((error) => {
        throw 'file' in request.image ? imageProblem(request.image.file, image, error) : error;
      }),
      request.resolution === 'fit' ? await prediction(loaded, image, network.classes) : [],
    ]);
    const id = randomUUID();
    this.#open.set(id, { network, layers, others: new Map() });
    this.#trim();
    const { runName, model, models, epoch, epochs, trained } = network;
    return {
      id,
      picture: picture(image, caption),
      dataChange,
      trained,
      runName,
      model,
      models: [...models],
      epoch,
      epochs,
      layers: layers.map(({ input, values, ...layer }) => layer),
      prediction: likely,
    };
  }

  /** @param statistic null: the layer's own. */
  async map(
    id: string,
    layer: string,
    group: number | 'all',
    statistic: KernelStatistic | null = null,
  ): Promise<KernelMap> {
    const session = this.#session(id);
    const traced = layerOf(session, layer);
    const shown = statistic ?? traced.statistic;
    return statisticMap(await this.#values(session, traced, shown), traced, shown, group);
  }

  async at(id: string, layer: string, row: number, column: number): Promise<KernelDetail> {
    const session = this.#session(id);
    const traced = layerOf(session, layer);
    await this.options.engine();
    return this.#networks.use(session.network.key, session.network.load, (network) =>
      kernelAt(network, traced, row, column),
    );
  }

  /** The kernels of a row of positions: width · K·K · groups weights. */
  async row(id: string, layer: string, row: number): Promise<Float32Array> {
    const session = this.#session(id);
    const traced = layerOf(session, layer);
    await this.options.engine();
    return this.#networks.use(session.network.key, session.network.load, (network) =>
      kernelRow(network, traced, row),
    );
  }

  /**
   * What a convolution of the same run has in the layer's place, and at every position: the stencils of one of its
   * filters. Null where the run trained none.
   */
  async counterpart(id: string, layer: string, filter: number): Promise<Counterpart | null> {
    const session = this.#session(id);
    const place = session.layers.indexOf(layerOf(session, layer));
    const other = await session.network.counterpart();
    if (!other) return null;
    await this.options.engine();
    return this.#networks.use(other.key, other.load, async (network) => {
      const fixed = fixedLayers(network);
      if (fixed.length === 0) return null;
      const stencil = await fixedStencil(counterpartOf(fixed, place, session.layers.length), filter);
      return { ...stencil, model: other.model, epoch: other.epoch };
    });
  }

  close(id: string): void {
    this.#open.delete(id);
  }

  /** Of activations and statistics, by all open sessions. */
  get heldBytes(): number {
    return [...this.#open.values()].reduce((sum, session) => sum + bytesOf(session), 0);
  }

  /** To be called before the engine ends: networks are its, sessions stay. */
  releaseNetworks(): void {
    this.#networks.clear();
  }

  async #image(
    { image, source, resolution }: KernelRequest,
    { inputShape, runName }: InvolutionNetwork,
    options: LoadingOptions,
  ): Promise<{ image: RgbImage; caption: string; dataChange: string | null }> {
    const [height, width] = inputShape;
    if ('file' in image) {
      const read = await readImage(image.file, resolution === 'fit' ? { width, height } : undefined);
      if (read.width * read.height > nativePixelLimit)
        throw new ImageError(
          image.file,
          l10n.t(
            "is {0}×{1} pixels, more than the {2} million that can be shown at native resolution. Show it at the network's size, or shrink it first.",
            ...[read.width, read.height, nativePixelLimit / 1e6],
          ),
        );
      return { image: read, caption: basename(image.file), dataChange: null };
    }
    if ('untrained' in source) throw new Error(l10n.t('Validation images are those of a run; choose a run.'));
    const { dataset, change } = await this.options.data(source.runFolder, image.data, options);
    const { validation, classes } = dataset;
    const index = image.validationIndex;
    if (!(index >= 0 && index < validation.count))
      throw new Error(
        l10n.t(
          'The run "{0}" has {1} validation images; there is no number {2}.',
          ...[runName, validation.count, index],
        ),
      );
    const bytes = height * width * 3;
    const rgb = validation.images.subarray(index * bytes, (index + 1) * bytes);
    return {
      image: { width, height, rgb },
      caption: classes[validation.labels[index]!]!,
      dataChange: change,
    };
  }

  async #values(session: OpenSession, layer: TracedLayer, statistic: KernelStatistic): Promise<Float32Array> {
    if (statistic === layer.statistic) return layer.values;
    const { network, others } = session;
    const key = `${layer.name} ${statistic}`;
    const known = others.get(key);
    if (known) return known;
    await this.options.engine();
    const values = await this.#networks.use(network.key, network.load, (loaded) =>
      tracedStatistic(loaded, layer, statistic),
    );
    others.set(key, values);
    this.#trim();
    return values;
  }

  #session(id: string): OpenSession {
    const session = this.#open.get(id);
    if (!session) throw new UnknownSessionError();
    this.#open.delete(id);
    this.#open.set(id, session);
    return session;
  }

  #trim(): void {
    const { most = usualMost } = this.options;
    let bytes = this.heldBytes;
    for (const [id, session] of this.#open) {
      if (this.#open.size === 1 || (this.#open.size <= most.sessions && bytes <= most.bytes)) return;
      this.#open.delete(id);
      bytes -= bytesOf(session);
    }
  }
}

function layerOf({ layers }: OpenSession, name: string): TracedLayer {
  const layer = layers.find((each) => each.name === name);
  if (layer) return layer;
  const names = layers.map((each) => each.name).join(', ');
  throw new Error(l10n.t('There is no involution layer "{0}" in this network. It has {1}.', name, names));
}

function activation({ width, height, rgb }: RgbImage): Activation {
  const values = new Float32Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) values[i] = rgb[i]! / 255;
  return { width, height, channels: 3, values };
}

/** Class probabilities, most likely first. */
async function prediction(
  network: LayersModel,
  { width, height, rgb }: RgbImage,
  classes: readonly string[],
): Promise<KernelSession['prediction']> {
  if (classes.length === 0) return [];
  const image = { images: rgb, count: 1 };
  const shares = softmax(await predict(network, image, [height, width, 3], classes.length));
  return classes
    .map((name, c) => ({ name, probability: shares[c]! }))
    .sort((a, b) => b.probability - a.probability);
}

function bytesOf({ layers, others }: OpenSession): number {
  const held = layers.flatMap(({ input, values }) => [input.values, values]);
  return [...held, ...others.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
