import { branchesOf } from '../network/branches';
import type { AnyLayerSpec } from '../network/layerKind';
import type { LayerSpecInput, NetworkSpec } from '../network/network';
import { parseNetwork } from '../network/parse';

/** Longer ones are broken. */
const lineWidth = 120;
const indent = '  ';

/** A network as a person would write it down: a layer on each line, without what it would have anyway. */
export function networkText({ name, layers }: NetworkSpec): string {
  return `${pretty({ name, layers: layers.map((layer) => short(layer as LayerSpecInput)) }, '')}\n`;
}

/** The same layer in as few words as possible. */
function short(layer: LayerSpecInput): LayerSpecInput {
  const branches = Object.entries(branchesOf(whole(layer))).map(([field, layers]) => [
    field,
    layers.map((each) => short(each as LayerSpecInput)),
  ]);
  const spoken = { ...layer, ...Object.fromEntries(branches) } as LayerSpecInput;
  return withoutDefaults(spoken, (candidate) => isSame(candidate as LayerSpecInput, layer));
}

type Fields = { readonly [field: string]: unknown };

/** Without each field, of its objects too, that makes no difference. */
function withoutDefaults<T extends Fields>(fields: T, makesNoDifference: (candidate: Fields) => boolean): T {
  let kept: Fields = fields;
  for (const [field, value] of Object.entries(fields)) {
    if (field === 'kind') continue;
    const { [field]: _, ...others } = kept;
    if (makesNoDifference(others)) kept = others;
    else if (isObject(value)) {
      const inner = withoutDefaults(value, (candidate) => makesNoDifference({ ...kept, [field]: candidate }));
      kept = { ...kept, [field]: inner };
    }
  }
  return kept as T;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const whole = (layer: LayerSpecInput): AnyLayerSpec =>
  parseNetwork({ name: 'one', layers: [layer] }).layers[0]!;

function isSame(candidate: LayerSpecInput, layer: LayerSpecInput): boolean {
  try {
    return JSON.stringify(whole(candidate)) === JSON.stringify(whole(layer));
  } catch {
    // It can't do without.
    return false;
  }
}

/** As JSON, on one line where it has room and holds no list. */
function pretty(value: unknown, margin: string): string {
  const line = onOneLine(value);
  if (!hasList(value) && margin.length + line.length <= lineWidth) return line;
  if (Array.isArray(value))
    return broken(
      value.map((each) => pretty(each, margin + indent)),
      '[]',
      margin,
    );
  if (!isObject(value)) return line;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return broken(
    fields.map(([name, field]) => `${JSON.stringify(name)}: ${pretty(field, margin + indent)}`),
    '{}',
    margin,
  );
}

const hasList = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isObject(value) && Object.values(value).some(hasList);

function onOneLine(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => `${JSON.stringify(name)}: ${onOneLine(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function broken(lines: readonly string[], [open, close]: string, margin: string): string {
  const inner = lines.map((line) => `${margin}${indent}${line}`).join(',\n');
  return `${open}\n${inner}\n${margin}${close}`;
}
