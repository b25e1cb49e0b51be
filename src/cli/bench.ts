import { basename, dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ImageShape } from '../core/data/dataset';
import { type GeneratorName, generatorNames } from '../core/involution/generators/generatorKinds';
import type { ModelSpec } from '../core/network/model';
import { type EngineName, engineNames } from '../core/runs/spec';
import { UsageError } from '../core/usageError';
import { PlainFolder } from '../node/files/plainFolder';
import { gigabytes, memoryLimit } from '../node/machine';
import type { Report } from './bench/report';
import {
  type Candidate,
  described,
  type Library,
  layerSubject,
  libraries,
  type NetworkSubject,
  networkSubject,
  operatorSubjects,
  type Subject,
  squareImages,
} from './bench/subject';
import type { Result } from './bench/tournament';
import { type AskedModels, addModelOptions } from './modelOptions';
import { jsonOption, path, positiveDecimal, positiveInteger } from './options';
import { checkOutputFile, writeOutputFile } from './outputFile';
import { table } from './table';
import { watchNativeEngine } from './watchedProcess';

interface BenchOptions {
  engine?: EngineName[];
  batchSize?: number[];
  imageSize?: number;
  classes?: number;
  inference?: boolean;
  layer?: GeneratorName[];
  kernelSize?: number;
  channels?: number;
  operator?: boolean;
  profile?: boolean;
  peer?: string;
  library?: Library;
  rounds: number;
  seconds: number;
  markdown?: string;
  json?: boolean;
}

export function benchCommand(): Command {
  const command = new Command('bench').description(
    'time a training step on every engine, or a forward pass, an involution layer, the bare operator',
  );
  const asked = addModelOptions(command);
  return command
    .option('--engine <name>', 'an engine; repeat it for several. Default: all that work', engines)
    .option('--batch-size <images>', 'repeat it for several (default: 256, of a layer 8)', integers)
    .option(
      '--image-size <pixels>',
      'side of the square images (default: 32, of a layer 56)',
      positiveInteger,
    )
    .option('--classes <count>', 'how many classes are told apart (default: 10)', positiveInteger)
    .option('--inference', 'a forward pass, as in evaluation, in place of a training step')
    .option(
      '--layer <generator>',
      `an involution layer, forward and all gradients, with this generator: ${generatorNames.join(', ')}; repeat it for several`,
      layers,
    )
    .option('--kernel-size <pixels>', 'K of the layer (default: 7)', positiveInteger)
    .option('--channels <count>', 'C of the layer, 16 in a group (default: 64)', positiveInteger)
    .option('--operator', 'the bare involution, forward and both gradients, as its sizes grow')
    .option('--profile', 'where the time of a step goes, kernel by kernel')
    .option('--peer <python>', 'compare with the Keras and the PyTorch of this Python', path)
    .addOption(new Option('--library <name>', 'of these two only that one').choices(libraries))
    .option('--rounds <count>', 'how often each is timed, in turns', positiveInteger, 7)
    .option('--seconds <seconds>', 'how long, each time', positiveDecimal, 0.5)
    .option('--markdown <file>', 'write the table there too; it only replaces an earlier table', path)
    .addOption(jsonOption())
    .action((options: BenchOptions) => bench(asked, options));
}

/** What a contestant's process is started as. */
export function benchContestantCommand(): Command {
  return new Command('bench-contestant').argument('<engine>').action(async (engine: EngineName) => {
    const { serveContestant } = await import('./bench/serve');
    await serveContestant(engine);
  });
}

/** What makes a process the one that computes what peers compare their networks with. */
export function benchReferenceCommand(): Command {
  return new Command('bench-reference').argument('<folder>').action(async (folder: string) => {
    const { serveReference } = await import('./bench/serve');
    await serveReference(folder);
  });
}

async function bench(asked: AskedModels, options: BenchOptions): Promise<void> {
  const models = await asked.models();
  assertNothingIsIgnored(asked.areSaid ? models : [], options);
  if (options.markdown) await checkTableFile(options.markdown);
  if (options.peer) (await import('./bench/contestant')).assertStarts(options.peer);
  const networks = options.operator || options.layer ? [] : networkSubjects(asked, models, options);
  await asked.saveNetworks(models);
  const chosen = options.engine ?? (await availableEngines());
  if (options.profile) return profileStep(networks[0]!, chosen[0]!, options);
  const { machine, ...reports } = await import('./bench/report');
  const { tournament } = await import('./bench/tournament');
  const notice = (line: string) => console.error(line);
  const { peer: python, library } = options;
  /** The rows of every subject's results. */
  const compete = async <Timed extends Subject, Row>(
    subjects: readonly Timed[],
    able: readonly Library[],
    row: (subject: Timed, result: Result) => Row,
  ) => {
    const rows: Row[] = [];
    const asked = able.filter((peer) => library === undefined || peer === library);
    const peers: Candidate[] = python ? asked.map((peer) => ({ peer, python })) : [];
    for (const subject of subjects) {
      notice(described(subject));
      for (const result of await tournament(chosen, peers, subject, options, notice))
        rows.push(row(subject, result));
    }
    return rows;
  };
  if (options.operator) {
    const rows = await compete(operatorSubjects, ['torch'], reports.operatorRow);
    return publish(rows, reports.operatorReport(rows), machine(), options);
  }
  if (options.layer) {
    const rows = await compete(layerSubjects(options.layer, options), ['torch'], reports.layerRow);
    return publish(rows, reports.layerReport(rows), machine(), options);
  }
  const rows = await compete(networks, libraries, reports.stepRow);
  await publish(rows, reports.stepReport(rows), machine(), options);
}

/** No table has more. */
const mostBytes = 1 << 20;

/** Nothing but an earlier table may be lost. */
const checkTableFile = (file: string) =>
  checkOutputFile(file, '--markdown', async () => {
    const { isTable } = await import('./bench/report');
    const folder = new PlainFolder(dirname(resolve(file)));
    const text = await folder.readText(basename(file), mostBytes).catch(() => '');
    return isTable(text) ? null : 'is not a table of this command';
  });

function assertNothingIsIgnored(models: readonly ModelSpec[], options: BenchOptions): void {
  const { operator, profile, peer, batchSize, engine, layer, inference, classes } = options;
  const { imageSize, kernelSize, channels, library } = options;
  const ofNetworks = profile || models.length > 0 || inference || classes;
  if (operator && (ofNetworks || layer || batchSize || imageSize))
    throw new UsageError(
      '--operator times the bare operator, at sizes of its own: --profile, --model, --inference, --classes, --layer, --batch-size and --image-size say nothing of it. Leave them out.',
    );
  if (layer && ofNetworks)
    throw new UsageError(
      '--layer times a layer alone: --profile, --model, --inference and --classes say nothing of it. Leave them out.',
    );
  if (!layer && (kernelSize || channels))
    throw new UsageError('--kernel-size and --channels are those of a --layer. Say which.');
  if (library && !peer) throw new UsageError('--library is one of those of --peer. Say which Python has it.');
  if (library === 'keras' && (layer || operator))
    throw new UsageError('--layer and --operator are compared with PyTorch only. Leave out --library keras.');
  if (profile && (peer || [models, batchSize, engine].some((several) => several && several.length > 1)))
    throw new UsageError('--profile looks at one model, one batch size and one engine, without --peer.');
}

function networkSubjects(
  asked: AskedModels,
  models: readonly ModelSpec[],
  { inference, imageSize, classes, batchSize = [256] }: BenchOptions,
): NetworkSubject[] {
  const pass = inference ? 'inference' : 'training';
  const images = squareImages(imageSize, classes);
  for (const batch of batchSize) assertImagesFit(batch, images.inputShape);
  try {
    return models.flatMap((model) => batchSize.map((batch) => networkSubject(pass, model, images, batch)));
  } catch (error) {
    throw asked.explained(error);
  }
}

function layerSubjects(
  generators: readonly GeneratorName[],
  { batchSize = [8], imageSize: size = 56, kernelSize = 7, channels = 64 }: BenchOptions,
) {
  const groups = Math.max(1, Math.floor(channels / 16));
  if (channels % groups !== 0)
    throw new UsageError(`--channels must be a multiple of its ${groups} groups, but is ${channels}.`);
  for (const batch of batchSize) assertImagesFit(batch, [size, size, channels]);
  return generators.flatMap((generator) =>
    batchSize.map((batch) => layerSubject(generator, { batch, size, kernelSize, channels, groups })),
  );
}

/** Whether the rest of a step fits as well, its engine says. */
function assertImagesFit(batch: number, shape: ImageShape): void {
  const bytes = 4 * batch * shape.reduce((product, side) => product * side);
  if (bytes > memoryLimit())
    throw new UsageError(
      `${batch} images of ${shape.join('×')} take ${gigabytes(bytes)} of memory; there are ${gigabytes(memoryLimit())} here. Choose a smaller --batch-size or --image-size.`,
    );
}

async function availableEngines(): Promise<EngineName[]> {
  const { engineReports } = await import('../engines/select');
  return (await engineReports()).filter(({ available }) => available).map(({ name }) => name);
}

async function profileStep(
  subject: NetworkSubject,
  engineName: EngineName,
  options: BenchOptions,
): Promise<void> {
  await watchNativeEngine(engineName);
  const [{ startEngine }, { stepsOf }, { profile }, { machine, profileReport }] = await Promise.all([
    import('../engines/select'),
    import('./bench/serve'),
    import('./bench/profile'),
    import('./bench/report'),
  ]);
  const engine = await startEngine(engineName);
  const step = stepsOf(subject);
  for (let i = 0; i < 3; i++) await step(true);
  const begin = performance.now();
  await step(true);
  const steps = Math.max(1, Math.round((1000 * options.seconds) / (performance.now() - begin)));
  const result = await profile(step, steps, engine.clock);
  await engine.dispose();
  const { model, kind: pass, batch, inputShape } = subject;
  const [imageSize] = inputShape;
  const title = `${described(subject).replace(/ …$/, '')}, on ${engineName}: ${machine()}`;
  await publish(
    { engine: engineName, id: model, model, pass, imageSize, batch, ...result },
    profileReport(result),
    title,
    options,
  );
}

async function publish(
  content: object,
  report: Report,
  title: string,
  { json, markdown: file }: BenchOptions,
): Promise<void> {
  if (report.rows.length === 0) throw new Error('Nothing could be timed; the lines above say why.');
  if (json) console.log(JSON.stringify(content));
  else console.log(`${title}\n\n${table(report.columns, report.rows)}`);
  if (!file) return;
  const { tableText } = await import('./bench/report');
  await writeOutputFile(file, tableText(title, report));
}

function engines(name: string, before: EngineName[] = []): EngineName[] {
  if (!engineNames.includes(name as EngineName))
    throw new InvalidArgumentError(`It must be one of ${engineNames.join(', ')}.`);
  return [...before, name as EngineName];
}

function layers(name: string, before: GeneratorName[] = []): GeneratorName[] {
  if (!generatorNames.includes(name as GeneratorName))
    throw new InvalidArgumentError(`It must be one of ${generatorNames.join(', ')}.`);
  return [...before, name as GeneratorName];
}

const integers = (text: string, before: number[] = []) => [...before, positiveInteger(text)];
