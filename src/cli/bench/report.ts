import { cpus, release, totalmem, type } from 'node:os';
import { grouped } from '../format';
import type { Column } from '../table';
import type { Profile } from './profile';
import type { LayerSubject, NetworkSubject, OperatorSubject, Pass } from './subject';
import type { Result } from './tournament';

/** A row of `bench --json`. */
export interface StepRow {
  readonly engine: string;
  readonly device: string;
  /** The model's, which `model` says too, as the events of a run do. */
  readonly id: string;
  readonly model: string;
  readonly pass: Pass;
  /** Height and width of the images. */
  readonly imageSize: number;
  readonly batch: number;
  readonly msPerStep: number;
  readonly spread: number;
  readonly imagesPerSecond: number;
  readonly peakMemoryMB: number;
  readonly peers: {
    name: string;
    msPerStep: number;
    ratio: number;
    peakMemoryMB: number;
    memoryRatio: number;
  }[];
}

interface FieldRow {
  readonly engine: string;
  readonly device: string;
  readonly msPerStep: number;
  readonly spread: number;
  /** What the computation needs beside its inputs. */
  readonly memoryMB: number;
  readonly peers: { name: string; msPerStep: number; ratio: number; memoryMB: number; memoryRatio: number }[];
}

/** A row of `bench --operator --json`. */
export interface OperatorRow extends FieldRow, Omit<OperatorSubject, 'kind'> {
  /** Time by multiply–accumulate; forward and two gradients make three for each weight and channel. */
  readonly psPerMac: number;
}

/** A row of `bench --layer --json`. */
export type LayerRow = FieldRow & Omit<LayerSubject, 'kind' | 'network'>;

export interface Report {
  readonly columns: Column[];
  readonly rows: string[][];
}

export function stepRow(
  { kind, model, inputShape, batch }: NetworkSubject,
  { memory, peers, ...result }: Result,
): StepRow {
  return {
    engine: result.engine,
    device: result.device,
    id: model,
    model,
    pass: kind,
    imageSize: inputShape[0],
    batch,
    msPerStep: result.msPerStep,
    spread: result.spread,
    imagesPerSecond: (1000 * batch) / result.msPerStep,
    peakMemoryMB: memory.peakMemoryMB,
    peers: peers.map(({ name, msPerStep, ratio, memory: { peakMemoryMB } }) => ({
      ...{ name, msPerStep, ratio, peakMemoryMB },
      memoryRatio: memory.peakMemoryMB / peakMemoryMB,
    })),
  };
}

export function operatorRow({ kind: _, ...subject }: OperatorSubject, result: Result): OperatorRow {
  const { batch, size, channels, kernelSize } = subject;
  const macs = 3 * batch * size ** 2 * channels * kernelSize ** 2;
  return { ...subject, ...fieldRow(result), psPerMac: (1e9 * result.msPerStep) / macs };
}

export function layerRow({ kind: _, network: __, ...subject }: LayerSubject, result: Result): LayerRow {
  return { ...subject, ...fieldRow(result) };
}

function fieldRow({ engine, device, msPerStep, spread, memory, peers }: Result): FieldRow {
  const memoryMB = memory.workingMemoryMB;
  return {
    ...{ engine, device, msPerStep, spread, memoryMB },
    peers: peers.map(({ name, msPerStep, ratio, memory }) => ({
      ...{ name, msPerStep, ratio, memoryMB: memory.workingMemoryMB },
      memoryRatio: memoryMB / memory.workingMemoryMB,
    })),
  };
}

export function stepReport(rows: readonly StepRow[]): Report {
  const peers = peerNames(rows);
  return {
    columns: [
      ...['Model', 'Pass', 'Engine', 'Device'].map((title) => ({ title })),
      ...right('Size', 'Batch', 'ms/step', '±', 'images/s', 'Peak MB'),
      ...right(...peers.flatMap((name) => [`${name}: ms`, 'ratio', 'Peak MB', 'ratio'])),
    ],
    rows: rows.map((row) => [
      ...[row.model, row.pass, row.engine, row.device],
      ...[String(row.imageSize), String(row.batch), short(row.msPerStep), short(row.spread)],
      ...[grouped(Math.round(row.imagesPerSecond)), grouped(Math.round(row.peakMemoryMB))],
      ...peers.flatMap((name) =>
        peerCells(
          row.peers.find((peer) => peer.name === name),
          ['msPerStep', 'ratio', 'peakMemoryMB', 'memoryRatio'],
        ),
      ),
    ]),
  };
}

export const operatorReport = (rows: readonly OperatorRow[]): Report =>
  fieldReport(rows, [], [{ title: 'ps/MAC', value: ({ psPerMac }) => short(psPerMac) }]);

export const layerReport = (rows: readonly LayerRow[]): Report =>
  fieldReport(rows, [{ title: 'Generator', value: ({ generator }) => generator }], []);

interface OwnColumn<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
}

/** `first` and `further`: columns of that kind of row alone. */
function fieldReport<Row extends OperatorRow | LayerRow>(
  rows: readonly Row[],
  first: readonly OwnColumn<Row>[],
  further: readonly OwnColumn<Row>[],
): Report {
  const peers = peerNames(rows);
  return {
    columns: [
      ...first.map(({ title }) => ({ title })),
      { title: 'Engine' },
      ...right('Batch', 'Size', 'C', 'K', 'G', 'ms', '±', ...further.map(({ title }) => title), 'MB'),
      ...right(...peers.flatMap((name) => [`${name}: ms`, 'ratio', 'MB', 'ratio'])),
    ],
    rows: rows.map((row) => [
      ...first.map(({ value }) => value(row)),
      row.engine,
      ...[row.batch, row.size, row.channels, row.kernelSize, row.groups].map(String),
      ...[short(row.msPerStep), short(row.spread), ...further.map(({ value }) => value(row))],
      short(row.memoryMB),
      ...peers.flatMap((name) =>
        peerCells(
          row.peers.find((peer) => peer.name === name),
          ['msPerStep', 'ratio', 'memoryMB', 'memoryRatio'],
        ),
      ),
    ]),
  };
}

/** @param most so many of the kernels, the longest, have a row each */
export function profileReport({ kernels, msPerStep }: Profile, most = Infinity): Report {
  const share = (milliseconds: number) => `${((100 * milliseconds) / msPerStep).toFixed(1)} %`;
  const timeOf = (some: Profile['kernels']) => some.reduce((sum, kernel) => sum + kernel.msPerStep, 0);
  const [shown, others] = [kernels.slice(0, most), kernels.slice(most)];
  const between = msPerStep - timeOf(kernels);
  return {
    columns: [{ title: 'Kernel' }, ...right('Calls', 'ms/step', 'Share')],
    rows: [
      ...shown.map((kernel) => [
        kernel.kernel,
        String(Math.round(kernel.callsPerStep)),
        kernel.msPerStep.toFixed(3),
        share(kernel.msPerStep),
      ]),
      ...(others.length > 0
        ? [[`${others.length} others`, '', timeOf(others).toFixed(3), share(timeOf(others))]]
        : []),
      ['between kernels', '', between.toFixed(3), share(between)],
      ['whole step', '', msPerStep.toFixed(3), share(msPerStep)],
    ],
  };
}

/** "AMD EPYC, 2 processors, 24 GB, Linux 6.1, Node 20.20.2". */
export function machine(node = process.versions.node): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} processors, ${memory} GB, ${type()} ${release()}, Node ${node}`;
}

/** A file of a table: what was timed, and on which machine, above it. */
export const tableText = (title: string, report: Report): string => `${title}\n\n${markdown(report)}\n`;

/** Whether that is all of a text: what somebody wrote on it would be lost. */
export const isTable = (text: string): boolean =>
  /^.*\d+ processors, \d+ GB, .*, Node .+\n\n(?:\|.*\|\n)+$/.test(text);

export function markdown({ columns, rows }: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}

const right = (...titles: string[]): Column[] => titles.map((title) => ({ title, align: 'right' }));

function peerNames(rows: readonly { peers: readonly { name: string }[] }[]): string[] {
  return [...new Set(rows.flatMap(({ peers }) => peers.map(({ name }) => name)))];
}

function peerCells<Key extends string>(
  peer: Record<Key, number> | undefined,
  keys: readonly Key[],
): string[] {
  return keys.map((key) => (peer ? short(peer[key]) : '–'));
}

/** Three significant digits: 0.0812, 8.12, 81.2, 812, 8,120. */
function short(value: number): string {
  if (value >= 100) return grouped(Math.round(value));
  return value.toLocaleString('en-US', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
}
