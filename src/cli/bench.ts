import { Command, InvalidArgumentError } from 'commander';
import type { ModelSpec } from '../core/network/model';
import { placeLayers } from '../core/network/place';
import { type EngineName, engineNames } from '../core/runs/spec';
import { UsageError } from '../core/usageError';
import type { Report } from './bench/report';
import { type Candidate, type OperatorSubject, type Subject, stepShape, stepSubject } from './bench/subject';
import { type AskedModels, addModelOptions } from './modelOptions';
import { jsonOption, positiveDecimal, positiveInteger } from './options';
import { checkOutputFile, writeOutputFile } from './outputFile';
import { table } from './table';
import { relaunchIfTensorFlow } from './tensorFlowProcess';

interface BenchOptions {
  engine?: EngineName[];
  batchSize?: number[];
  operator?: boolean;
  profile?: boolean;
  peer?: string;
  rounds: number;
  seconds: number;
  markdown?: string;
  json?: boolean;
}

export function benchCommand(): Command {
  const command = new Command('bench').description(
    'time a training step on every engine, or the bare operator',
  );
  const asked = addModelOptions(command);
  return command
    .option('--engine <name>', 'an engine; repeat it for several. Default: all that work', engines)
    .option('--batch-size <images>', 'repeat it for several (default: 256)', integers)
    .option('--operator', 'the bare involution, forward and both gradients, as its sizes grow')
    .option('--profile', 'where the time of a step goes, kernel by kernel')
    .option('--peer <python>', 'compare with the Keras and the PyTorch of this Python')
    .option('--rounds <count>', 'how often each is timed, in turns', positiveInteger, 7)
    .option('--seconds <seconds>', 'how long, each time', positiveDecimal, 0.5)
    .option('--markdown <file>', 'write the table there too')
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

async function bench(asked: AskedModels, options: BenchOptions): Promise<void> {
  const models = await asked.models();
  assertNothingIsIgnored(asked.areSaid ? models : [], options);
  if (options.markdown) await checkOutputFile(options.markdown, '--markdown');
  if (!options.operator) assertFit(asked, models);
  await asked.saveNetworks(models);
  const chosen = options.engine ?? (await availableEngines());
  if (options.profile) return profileStep(models[0]!, chosen[0]!, options);
  const { machine, ...reports } = await import('./bench/report');
  const { tournament } = await import('./bench/tournament');
  const notice = (line: string) => console.error(line);
  const compete = (subject: Subject, peers: Candidate[]) => {
    notice(described(subject));
    return tournament(chosen, peers, subject, options, notice);
  };
  const { peer: python } = options;
  if (options.operator) {
    const peers: Candidate[] = python ? [{ peer: 'torch', python }] : [];
    const rows = [];
    for (const subject of operatorSubjects)
      for (const result of await compete(subject, peers)) rows.push(reports.operatorRow(subject, result));
    return publish(rows, reports.operatorReport(rows), machine(), options);
  }
  const libraries: Candidate[] = python
    ? [
        { peer: 'keras', python },
        { peer: 'torch', python },
      ]
    : [];
  const rows = [];
  for (const model of models)
    for (const batch of options.batchSize ?? [256]) {
      const subject = stepSubject(model, batch);
      if (python && !subject.example) notice(`${model.title} is timed alone: no peer has its counterpart.`);
      for (const result of await compete(subject, subject.example ? libraries : []))
        rows.push(reports.stepRow(model, batch, result));
    }
  await publish(rows, reports.stepReport(rows), machine(), options);
}

function assertNothingIsIgnored(
  models: readonly ModelSpec[],
  { operator, profile, peer, batchSize, engine }: BenchOptions,
): void {
  if (operator && (profile || models.length > 0 || batchSize))
    throw new UsageError(
      '--operator times the bare operator: --profile, --model and --batch-size say nothing of it. Leave them out.',
    );
  if (profile && (peer || [models, batchSize, engine].some((several) => several && several.length > 1)))
    throw new UsageError('--profile looks at one model, one batch size and one engine, without --peer.');
}

function assertFit(asked: AskedModels, models: readonly ModelSpec[]): void {
  try {
    for (const { network } of models) placeLayers(network, stepShape.inputShape, stepShape.classes);
  } catch (error) {
    throw asked.explained(error);
  }
}

async function availableEngines(): Promise<EngineName[]> {
  const { engineReports } = await import('../engines/select');
  return (await engineReports()).filter(({ available }) => available).map(({ name }) => name);
}

async function profileStep(model: ModelSpec, engineName: EngineName, options: BenchOptions): Promise<void> {
  await relaunchIfTensorFlow(engineName);
  const [{ startEngine }, { trainingSteps }, { profile }, { machine, profileReport }] = await Promise.all([
    import('../engines/select'),
    import('./bench/serve'),
    import('./bench/profile'),
    import('./bench/report'),
  ]);
  const [batch = 256] = options.batchSize ?? [];
  const engine = await startEngine(engineName);
  const step = trainingSteps(stepSubject(model, batch));
  for (let i = 0; i < 3; i++) await step(true);
  const begin = performance.now();
  await step(true);
  const steps = Math.max(1, Math.round((1000 * options.seconds) / (performance.now() - begin)));
  const result = await profile(step, steps);
  await engine.dispose();
  const { id } = model;
  const title = `${id}, batch ${batch}, on ${engineName}: ${machine()}`;
  await publish(
    { engine: engineName, id, model: id, batch, ...result },
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
  const { markdown } = await import('./bench/report');
  await writeOutputFile(file, `${title}\n\n${markdown(report)}\n`);
}

/** One size grows at a time. Where a peer that unfolds would need gigabytes, the batch is smaller. */
const operatorSubjects: readonly OperatorSubject[] = [
  ...[16, 32, 64, 128].map((channels) => operatorSubject({ channels })),
  ...[256, 512].map((channels) => operatorSubject({ channels, batch: 2 })),
  ...[3, 5].map((kernelSize) => operatorSubject({ kernelSize })),
  ...[32, 112, 224].map((size) => operatorSubject({ size, batch: size > 56 ? 1 : 8 })),
  ...[1, 2, 4].map((batch) => operatorSubject({ batch })),
];

/** RedNet's first stage, unless said otherwise: 16 channels share a kernel. */
function operatorSubject(change: Partial<OperatorSubject>): OperatorSubject {
  const channels = change.channels ?? 64;
  return { kind: 'operator', batch: 8, size: 56, channels, kernelSize: 7, groups: channels / 16, ...change };
}

function described(subject: Subject): string {
  if (subject.kind === 'step') return `${subject.model}, batch ${subject.batch} …`;
  const { batch, size, channels, kernelSize, groups } = subject;
  return `[${batch}, ${size}, ${size}, ${channels}], K ${kernelSize}, G ${groups} …`;
}

function engines(name: string, before: EngineName[] = []): EngineName[] {
  if (!engineNames.includes(name as EngineName))
    throw new InvalidArgumentError(`It must be one of ${engineNames.join(', ')}.`);
  return [...before, name as EngineName];
}

const integers = (text: string, before: number[] = []) => [...before, positiveInteger(text)];
