import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type ColorMapName, colorMapNames } from '../core/kernels/colormap';
import type { FigureRow } from '../core/kernels/figure';
import type { KernelMap } from '../core/kernels/kernelMap';
import { UsageError } from '../core/usageError';
import type { KernelSessions } from '../node/kernels/sessions';
import type { CheckpointChoice } from '../node/runs/checkpoints';
import type { KernelRequest, KernelSession } from '../protocol/worker';
import { Ended, exitCodes } from './command';
import { checkpointOption, decimal, engineOption, integer, jsonOption, runsOption } from './options';
import { anywayOption, dataFolderOption } from './runOptions';
import { writeFigure } from './writeFigure';

interface KernelsOptions {
  run?: string;
  checkpoint: CheckpointChoice;
  validation?: number;
  data?: string;
  anyway?: boolean;
  layer?: string;
  group?: number;
  size: KernelRequest['resolution'];
  map: ColorMapName;
  scale?: 'image' | 'fixed';
  limit?: number;
  out?: string;
  engine?: 'auto';
  runs: string;
  json?: boolean;
}

/** An image with the maps that were asked for. */
interface Drawn {
  readonly image: string;
  readonly session: KernelSession;
  readonly maps: { readonly layer: string; readonly map: KernelMap }[];
}

export function kernelsCommand(): Command {
  return new Command('kernels')
    .description(
      'the kernels that a network generates for images, as heatmaps: a row an image, a column a layer',
    )
    .argument('[image...]', 'image files')
    .option('--run <run>', 'its folder, id or name, or "latest"; without it the network is untrained')
    .addOption(checkpointOption())
    .option('--validation <count>', 'the first so many validation images of the run, too', integer)
    .addOption(dataFolderOption())
    .addOption(anywayOption())
    .option('--layer <name>', 'only this layer (default: all)')
    .option('--group <number>', 'only this group of kernels, from 0 (default: the sum over all)', integer)
    .addOption(
      new Option('--size <size>', "fit: at the network's size; native: at the image's own")
        .choices(['fit', 'native'])
        .default('fit'),
    )
    .addOption(new Option('--map <colours>', 'colour map').choices(colorMapNames).default('viridis'))
    .addOption(
      new Option(
        '--scale <scale>',
        'image: each heatmap from its smallest value to its largest; fixed: one scale, zero in its middle (default: image; fixed with the diverging map)',
      ).choices(['image', 'fixed']),
    )
    .option(
      '--limit <value>',
      'the fixed scale goes from minus this to this (default: the largest value)',
      decimal,
    )
    .option('--out <file>', 'where the picture goes, a PNG')
    .addOption(engineOption())
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(kernels);
}

async function kernels(images: string[], options: KernelsOptions): Promise<void> {
  const { run, out, json, validation = 0 } = options;
  if (images.length === 0 && validation === 0)
    throw new UsageError(
      'There is no image to show kernels of. Name image files, or --validation 10 for those of a run.',
    );
  if (!out && !json)
    throw new UsageError('Say where the picture goes (--out kernels.png), or ask for --json.');
  if (validation > 0 && !run)
    throw new UsageError('--validation takes the images of a run: say which with --run.');
  if (options.checkpoint !== 'last' && !run)
    throw new UsageError('--checkpoint takes the network of a run: say which with --run.');
  if ((options.data !== undefined || options.anyway) && validation === 0)
    throw new UsageError(
      '--data and --anyway are for the validation images of a run: ask for some with --validation.',
    );
  const isFixed = (options.scale ?? (options.map === 'diverging' ? 'fixed' : 'image')) === 'fixed';
  if (options.limit !== undefined && !isFixed)
    throw new UsageError('--limit is for the fixed scale: say --scale fixed too, or leave it out.');

  const [{ startEngine }, { KernelSessions }, { findRun }, { readManifest }, { loadRunData }] =
    await Promise.all([
      import('../engines/select'),
      import('../node/kernels/sessions'),
      import('../node/runs/runList'),
      import('../node/runs/runFolder'),
      import('../node/runs/runDataset'),
    ]);
  const runFolder = run === undefined ? null : (await findRun(options.runs, run)).folder;
  const epoch = runFolder === null ? null : await epochOf(runFolder, options.checkpoint);
  const engine = await startEngine(options.engine ?? 'auto');
  const datasetOf = async (folder: string) => {
    const { data, anyway } = options;
    const { dataset, change } = await loadRunData(await readManifest(folder), { folder: data, anyway });
    if (change) console.error(`involution: these are not the validation images of the run: ${change}.`);
    return dataset;
  };
  let dataset: ReturnType<typeof datasetOf> | undefined;
  const sessions = new KernelSessions({
    engine: async () => engine,
    dataset: (folder) => {
      dataset ??= datasetOf(folder);
      return dataset;
    },
  });

  const drawn: Drawn[] = [];
  let unreadable = 0;
  const { ImageError } = await import('../node/images/readImage');
  for (const image of [
    ...images.map((file) => ({ file: resolve(file) })),
    ...Array.from({ length: validation }, (_, validationIndex) => ({ validationIndex })),
  ])
    try {
      const request = { image, runFolder, epoch, resolution: options.size };
      drawn.push(await draw(sessions, request, options));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      console.error(`involution: ${error.message}`);
      unreadable++;
    }
  sessions.releaseNetworks();
  await engine.dispose();

  if (out && drawn.length > 0) await writePicture(drawn, out, options);
  if (json)
    console.log(
      JSON.stringify({ folder: runFolder, images: drawn.map((each) => described(each, options.group)) }),
    );
  else if (drawn.length > 0) console.log(`${resolve(out!)}: ${titleOf(drawn[0]!.session)}`);
  if (unreadable > 0) throw new Ended(exitCodes.failed);
}

/** Null for the last, as a request says it. */
async function epochOf(runFolder: string, choice: CheckpointChoice): Promise<number | null> {
  if (choice === 'last') return null;
  if (choice !== 'best') return choice;
  const { findCheckpoint } = await import('../node/runs/checkpoints');
  return (await findCheckpoint(runFolder, 'involution', 'best')).epoch;
}

async function draw(
  sessions: KernelSessions,
  request: KernelRequest,
  options: KernelsOptions,
): Promise<Drawn> {
  const session = await sessions.open(request);
  const layers = options.layer ? [options.layer] : session.layers.map(({ name }) => name);
  const maps = layers.map((layer) => ({
    layer,
    map: sessions.map(session.id, layer, options.group ?? 'all'),
  }));
  sessions.close(session.id);
  const image = 'file' in request.image ? request.image.file : `validation/${request.image.validationIndex}`;
  return { image, session, maps };
}

async function writePicture(
  drawn: readonly Drawn[],
  out: string,
  { map, scale, limit }: KernelsOptions,
): Promise<void> {
  const { kernelFigure } = await import('../core/kernels/figure');
  const rows = drawn.map(({ session: { picture, prediction }, maps }): FigureRow => {
    const guess = prediction[0];
    const likely = guess ? [`${guess.name} ${(100 * guess.probability).toFixed(0)} %`] : [];
    return { captions: [picture.caption, ...likely], picture: { ...picture }, maps };
  });
  const figure = kernelFigure(rows, {
    title: titleOf(drawn[0]!.session),
    colorMap: map,
    scale: scale ?? (map === 'diverging' ? 'fixed' : 'image'),
    limit,
  });
  await writeFigure(figure, out);
}

function titleOf({ trained, runName, epoch }: KernelSession): string {
  if (!runName) return 'Involution kernels, untrained';
  return `Involution kernels of ${runName}, ${trained ? `epoch ${epoch}` : 'before training'}`;
}

/** Values that are not finite are null, as JSON has no others. */
function described({ image, session, maps }: Drawn, group: number | undefined) {
  const { runName, trained, epoch, prediction, layers } = session;
  return {
    image,
    run: runName || null,
    trained,
    epoch,
    prediction,
    layers: maps.map(({ layer, map: { minimum, maximum, values } }) => ({
      ...layers.find(({ name }) => name === layer)!,
      group: group ?? 'all',
      minimum,
      maximum,
      values: [...values],
    })),
  };
}
