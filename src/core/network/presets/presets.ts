import * as v from 'valibot';
import { similarName } from '../../involution/argumentErrors';
import { UsageError } from '../../usageError';
import { listed, phraseOf, type Words } from '../../words';
import { valueFaults } from '../faults';
import type { NetworkSpec } from '../network';
import { type Parameter, parametersOf } from '../parameters';
import { parseNetwork } from '../parse';
import { attention } from './attention';
import { convolution } from './convolution';
import { drin } from './drin';
import { involution } from './involution';
import type { Preset } from './preset';
import { rednet } from './rednet';
import { resnet } from './resnet';
import { staticKernels } from './static';

const all = [involution, convolution, staticKernels, attention, rednet, resnet, drin];

/** Every preset by its id, in the order of lists: a new preset is its file and a line here. */
export const presets: Record<string, Preset> = Object.fromEntries(
  all.map((preset) => [preset.id, preset as Preset]),
);

/** @throws UsageError for a name that no preset has */
export function presetOf(id: string): Preset {
  if (Object.hasOwn(presets, id)) return presets[id]!;
  throw new UsageError(['There is no model "{0}". {1}', id, meant(id, Object.keys(presets))]);
}

/** @throws UsageError for a name that none of the preset's parameters has */
export function parameterOf(preset: Preset, name: string): Parameter {
  const parameters = parametersOf(preset);
  const found = parameters.find((parameter) => parameter.name === name);
  if (found) return found;
  const names = parameters.map((parameter) => parameter.name);
  throw new UsageError(['The model "{0}" has no parameter "{1}". {2}', preset.id, name, meant(name, names)]);
}

/** A preset's network with these parameters. @throws UsageError for a parameter that it does not have, or not so */
export function presetNetwork(id: string, parameters: Record<string, unknown> = {}): NetworkSpec {
  const preset = presetOf(id);
  for (const name of Object.keys(parameters)) parameterOf(preset, name);
  const parsed = v.safeParse(preset.parameters, parameters);
  if (parsed.success) return parseNetwork(preset.network(parsed.output));
  const problems = parsed.issues.map((issue): Words => {
    const [name, allowed] = [v.getDotPath(issue), phraseOf(issue.message)];
    return name === null ? allowed : [valueFaults.allowed, name, allowed, issue.received];
  });
  throw new UsageError(['The model "{0}" can\'t be made so: {1}.', id, listed(problems)]);
}

function meant(received: string, names: readonly string[]): Words {
  if (names.length === 0) return ['It has none.'];
  const similar = similarName(received, names);
  return similar === undefined
    ? ['There are {0}.', names.join(', ')]
    : ['Did you mean "{0}"? There are {1}.', similar, names.join(', ')];
}
