import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { KernelSessions } from '../application/kernels/sessions';
import { type ColorMapName, colorMapNames } from '../core/kernels/colormap';
import { mostRows } from '../core/kernels/figure';
import type { KernelMap } from '../core/kernels/kernelMap';
import type { KernelRequest, KernelSession } from '../core/kernels/session';
import { type KernelStatistic, kernelStatistics, statisticNames } from '../core/kernels/statistics';
import type { DataChoice } from '../core/runs/dataChoice';
import { UsageError } from '../core/usageError';
import type { RunData } from '../node/runs/runDataset';
import { Ended, exitCodes } from './exitCodes';
import { KernelFigureRows } from './kernelFigureRows';
import { KernelJson } from './kernelJson';
import { AskedSource, type SourceOptions } from './kernelSource';
import {
  engineOption,
  integer,
  jsonOption,
  path,
  positiveDecimal,
  positiveInteger,
  runsOption,
} from './options';
import { anywayOption, dataFolderOption } from './runOptions';
import { tellWatcher, watchNativeEngine } from './watchedProcess';
import { checkFigureFile, writeFigure } from './writeFigure';

interface KernelsOptions extends SourceOptions {
  validation?: number;
  data?: string;
  anyway?: boolean;
  layer?: string;
  group?: number;
  statistic?: KernelStatistic;
  size: KernelRequest['resolution'];
  map: ColorMapName;
  scale?: 'image' | 'fixed';
  limit?: number;
  out?: string;
  engine?: 'auto';
  json?: boolean;
}

/** An image with the maps that were asked for. */
export interface Drawn {
  /** The file, or "validation/3". */
  readonly image: string;
  readonly session: KernelSession;
  readonly maps: { readonly layer: string; readonly map: KernelMap }[];
}

export function kernelsCommand(): Command {
  const command = new Command('kernels')
    .description(
      'the kernels that a network generates for images, as heatmaps: a row per image, a column for each layer',
    )
    .argument(
      '[image...]',
      'image files; one that cannot be shown is named and left out, and the exit code is 1 in the end',
      (file, before: string[] = []) => [...before, path(file)],
    );
  const asked = new AskedSource(command);
  return command
    .option('--validation <count>', 'the first so many validation images of the run, too', positiveInteger)
    .addOption(dataFolderOption())
    .addOption(anywayOption())
    .option('--layer <name>', 'only this layer (default: all)')
    .option(
      '--group <number>',
      'only this group of kernels, from 0 (default: all, their sums added up, else their mean)',
      integer,
    )
    .addOption(
      new Option(
        '--statistic <name>',
        "what is shown of each kernel (default: what tells most of the layer's generator)",
      ).choices(statisticNames),
    )
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
      positiveDecimal,
    )
    .option(
      '--out <file>',
      'where the picture goes, a PNG; of files that exist it only replaces an earlier figure',
      path,
    )
    .addOption(engineOption())
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText('after', () => `\nStatistics:\n${statisticLines()}`)
    .action((images: string[], options: KernelsOptions) => kernels(asked, images, options));
}

const statisticLines = () =>
  Object.entries(kernelStatistics)
    .map(([name, { description }]) => `  ${name.padEnd(14)} ${description}`)
    .join('\n');

async function kernels(asked: AskedSource, images: string[], options: KernelsOptions): Promise<void> {
  const { run, out, json, validation = 0 } = options;
  if (images.length === 0 && validation === 0)
    throw new UsageError(
      'There is no image to show kernels of. Name image files, or --validation 10 for those of a run.',
    );
  if (out && images.length + validation > mostRows)
    throw new UsageError(
      `A picture has room for ${mostRows} images; these are ${images.length + validation}. Take fewer at a time, or --json.`,
    );
  if (!out && !json)
    throw new UsageError('Say where the picture goes (--out kernels.png), or ask for --json.');
  if (out) await checkFigureFile(out, images);
  if (validation > 0 && !run)
    throw new UsageError('--validation takes the images of a run: say which with --run.');
  asked.check(options);
  if ((options.data !== undefined || options.anyway) && validation === 0)
    throw new UsageError(
      '--data and --anyway are for the validation images of a run: ask for some with --validation.',
    );
  const isFixed = (options.scale ?? (options.map === 'diverging' ? 'fixed' : 'image')) === 'fixed';
  if (options.limit !== undefined && !isFixed)
    throw new UsageError('--limit is for the fixed scale: say --scale fixed too, or leave it out.');

  await watchNativeEngine(options.engine);
  const source = await asked.find(options);
  const [{ startEngine }, { findInvolutionNetwork }, { KernelSessions }] = await Promise.all([
    import('../engines/select'),
    import('../application/kernels/involutionNetwork'),
    import('../application/kernels/sessions'),
  ]);
  // What can't be shown is said before any data is loaded.
  await findInvolutionNetwork(source);
  const choice: DataChoice = { folder: options.data ?? null, anyway: options.anyway === true };
  const data = 'runFolder' in source && validation > 0 ? await dataOf(source, choice, validation) : null;
  const engine = await startEngine(options.engine ?? 'auto');
  tellWatcher({ engine: engine.name });
  const sessions = new KernelSessions({ engine: async () => engine, data: async () => data! });

  // One image's maps may take hundreds of megabytes: none is kept as it is.
  const figure = out ? new KernelFigureRows() : null;
  const printed = json
    ? new KernelJson('runFolder' in source ? source.runFolder : null, options.group)
    : null;
  let unreadable = 0;
  const { ImageError } = await import('../node/images/readImage');
  for (const image of [
    ...images.map((file) => ({ file: resolve(file) })),
    ...Array.from({ length: validation }, (_, validationIndex) => ({ validationIndex, data: choice })),
  ])
    try {
      const request = { image, source, resolution: options.size };
      const drawn = await draw(sessions, request, options);
      figure?.add(drawn);
      printed?.add(drawn);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      console.error(`involution: ${error.message}`);
      unreadable++;
    }
  sessions.releaseNetworks();
  await engine.dispose();

  printed?.end();
  if (figure && figure.count > 0) {
    await writeFigure(figure.drawn(options), out!);
    if (!json) console.log(`${resolve(out!)}: ${figure.title}`);
  }
  if (unreadable > 0) throw new Ended(exitCodes.failed);
}

/** Looked at before anything is computed. @throws UsageError where so many images are not there */
async function dataOf(
  { runFolder }: { readonly runFolder: string },
  { folder, anyway }: DataChoice,
  validation: number,
): Promise<RunData> {
  const [{ readManifest }, { loadRunData }] = await Promise.all([
    import('../node/runs/runFolder'),
    import('../node/runs/runDataset'),
  ]);
  const data = await loadRunData(await readManifest(runFolder), { folder: folder ?? undefined, anyway });
  const { count } = data.dataset.validation;
  if (validation > count)
    throw new UsageError(
      `--validation ${validation} asks for more images than there are: the run has ${count} to validate with.`,
    );
  if (data.change)
    console.error(`involution: these are not the validation images of the run: ${data.change}.`);
  return data;
}

async function draw(
  sessions: KernelSessions,
  request: KernelRequest,
  options: KernelsOptions,
): Promise<Drawn> {
  const session = await sessions.open(request);
  const layers = options.layer !== undefined ? [options.layer] : session.layers.map(({ name }) => name);
  const maps: Drawn['maps'][number][] = [];
  for (const layer of layers) {
    const map = await sessions.map(session.id, layer, options.group ?? 'all', options.statistic);
    maps.push({ layer, map });
  }
  sessions.close(session.id);
  const image = 'file' in request.image ? request.image.file : `validation/${request.image.validationIndex}`;
  return { image, session, maps };
}
