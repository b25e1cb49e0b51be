import * as v from 'valibot';
import { UsageError } from '../usageError';
import { NetworkSpec } from './network';
import type { Preset } from './presets/preset';
import { presetNetwork, presetOf } from './presets/presets';

/** No more are trained, and told apart, in one run. */
export const modelsLimit = 12;

/** Names a model in its run, and its folder there. */
export const ModelId = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    'must be lowercase letters, digits, "-" and "_", a letter or digit first',
  ),
  // Windows has no folders of these names.
  v.check((id) => !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(id), 'is a name that Windows keeps for itself'),
  // Models are looked up by their ids.
  v.check((id) => !(id in {}), 'is a name that JavaScript keeps for itself'),
);
export type ModelId = v.InferOutput<typeof ModelId>;

/** What people call a model. */
export const ModelTitle = v.pipe(
  v.string(),
  v.nonEmpty('must not be empty'),
  v.maxLength(200, 'must have at most 200 characters'),
);

/** What a model was made from, so that forms can show it again. The network is what counts. */
const Origin = v.object({ preset: v.string(), parameters: v.record(v.string(), v.unknown()) });

/** A model of a run: a network, whole, so that a preset that changes never changes an old run. */
export const ModelSpec = v.object({
  id: ModelId,
  title: ModelTitle,
  origin: v.optional(v.nullable(Origin), null),
  network: NetworkSpec,
});
export type ModelSpec = v.InferOutput<typeof ModelSpec>;

/** A model as lists, legends and pickers show it. Its place in its run decides its colour. */
export interface ModelCard {
  readonly id: ModelId;
  readonly title: string;
}
export const cardOf = ({ id, title }: ModelSpec): ModelCard => ({ id, title });

/** A model as it is asked for: a preset by its id, with parameters, or a whole network. */
export const ModelRequest = v.union([
  v.string(),
  v.strictObject({
    preset: v.string(),
    parameters: v.optional(v.record(v.string(), v.unknown()), {}),
    id: v.optional(ModelId),
    title: v.optional(ModelTitle),
  }),
  v.object({
    network: NetworkSpec,
    id: v.optional(ModelId),
    title: v.optional(ModelTitle),
    origin: v.optional(v.nullable(Origin)),
  }),
]);
export type ModelRequest = v.InferOutput<typeof ModelRequest>;
export type ModelRequestInput = v.InferInput<typeof ModelRequest>;

/** The models that are asked for, whole, each with an id and a title of its own. @throws UsageError */
export function expandModels(requests: readonly ModelRequest[]): ModelSpec[] {
  const said = requests.map((request) => (typeof request === 'string' ? undefined : request.id));
  // Ids that are asked for come first: the others make way.
  const ids = new Set<string>();
  for (const id of said) {
    if (id === undefined) continue;
    if (ids.has(id)) throw new UsageError(['Two models have the id "{0}". Each needs one of its own.', id]);
    ids.add(id);
  }
  const titles = new Set<string>();
  return requests.map((request, i) => {
    const { id, title, ...model } = expand(request);
    return { id: said[i] ?? claim(id, '-', ids), title: claim(title, ' ', titles), ...model };
  });
}

function expand(request: ModelRequest): ModelSpec {
  if (typeof request === 'string') return fromPreset(request, {});
  if ('preset' in request) {
    const made = fromPreset(request.preset, request.parameters);
    return { ...made, title: request.title ?? made.title };
  }
  const { title, network, origin = null } = request;
  return { id: idOf(network.name), title: title ?? network.name, network, origin };
}

function fromPreset(name: string, parameters: Record<string, unknown>): ModelSpec {
  const preset = presetOf(name);
  return {
    id: preset.id,
    title: titleOf(preset, parameters),
    origin: { preset: preset.id, parameters },
    network: presetNetwork(name, parameters),
  };
}

/** "RedNet (depth 26, width 0.5)": what differs from the preset. */
function titleOf(preset: Preset, parameters: Record<string, unknown>): string {
  const changes = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  return changes.length === 0 ? preset.title : `${preset.title} (${changes.join(', ')})`;
}

function idOf(name: string): string {
  const word = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 50);
  return v.is(ModelId, word) ? word : 'model';
}

/** So that a number still fits behind. */
const mostNumbered = 60;

/** The name, or with the next number that makes it one that nobody has: "involution-2", "Involution 2". */
function claim(wanted: string, separator: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted.slice(0, mostNumbered)}${separator}${n}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
