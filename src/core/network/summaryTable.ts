import type { LayerSummary, ModelSummary } from './summary';

interface Column {
  readonly title: string;
  /** Characters between the borders, the space on either side included. */
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly cell: (layer: LayerSummary) => string;
}

/** Keras's three columns, as wide as Keras makes them on a terminal of 80 characters. */
const kerasColumns: Column[] = [
  { title: 'Layer (type)', width: 33, align: 'left', cell: ({ name, type }) => `${name} (${type})` },
  { title: 'Output Shape', width: 24, align: 'left', cell: ({ outputShapes }) => shapeText(outputShapes) },
  { title: 'Param #', width: 15, align: 'right', cell: ({ params }) => grouped(params) },
];

/** What Keras does not tell. */
const costColumns: Column[] = [
  { title: 'MACs', width: 14, align: 'right', cell: ({ macs }) => (macs === null ? '?' : grouped(macs)) },
  {
    title: 'Activations',
    width: 13,
    align: 'right',
    cell: ({ activationBytes }) => (activationBytes === null ? '?' : readableSize(activationBytes)),
  },
];

/**
 * A summary as the text that Keras's `model.summary()` prints, character for character, when `costs` is false; else
 * with columns for the multiply–accumulates and the activation memory of one image.
 */
export function summaryTable(summary: ModelSummary, { costs }: { costs: boolean }): string {
  const columns = costs ? [...kerasColumns, ...costColumns] : kerasColumns;
  const rule = ([left, line, middle, right]: string) =>
    left + columns.map(({ width }) => line!.repeat(width)).join(middle) + right;
  const rows = summary.layers.map((layer) =>
    cells(
      columns.map((column) => column.cell(layer)),
      columns,
      '│',
    ),
  );
  return [
    `Model: "${summary.name}"`,
    rule('┏━┳┓'),
    cells(
      columns.map(({ title }) => title),
      columns,
      '┃',
    ),
    rule('┡━╇┩'),
    rows.join(`\n${rule('├─┼┤')}\n`),
    rule('└─┴┘'),
    ...totalLines(summary),
    '',
  ].join('\n');
}

function totalLines({ totals: { total, trainable, nonTrainable, optimizer } }: ModelSummary): string[] {
  // Adam's step count is one parameter of 8 bytes.
  const stepCountExtra = 4;
  return [
    ` Total params: ${grouped(total)} (${readableSize(4 * total + stepCountExtra)})`,
    ` Trainable params: ${grouped(trainable)} (${readableSize(4 * trainable)})`,
    ` Non-trainable params: ${grouped(nonTrainable)} (${readableSize(4 * nonTrainable)})`,
    ` Optimizer params: ${grouped(optimizer)} (${readableSize(4 * optimizer + stepCountExtra)})`,
  ];
}

/** One row, as many lines as its tallest cell. */
function cells(texts: string[], columns: Column[], border: string): string {
  const wrapped = texts.map((text, index) => wrap(text, columns[index]!.width - 2));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const padded = columns.map(({ width, align }, index) => {
      const text = wrapped[index]![line] ?? '';
      return ` ${align === 'left' ? text.padEnd(width - 2) : text.padStart(width - 2)} `;
    });
    return border + padded.join(border) + border;
  }).join('\n');
}

/** Breaks between words, and inside a word only when it is longer than a line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    for (; word.length > width; word = word.slice(width)) lines.push(word.slice(0, width));
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** As Python writes them: (None, 32, 32, 3), and several as a list. */
function shapeText(shapes: LayerSummary['outputShapes']): string {
  const tuples = shapes.map((shape) => `(${shape.map((side) => side ?? 'None').join(', ')})`);
  return tuples.length === 1 ? tuples[0]! : `[${tuples.join(', ')}]`;
}

/** 12,352. */
function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** As Keras prints sizes: 24.00 B, 51.07 KB, 3.65 MB. */
export function readableSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size.toFixed(2)} ${units[unit]}`;
}
