import * as v from 'valibot';
import { UsageError } from '../../usageError';
import type { NetworkSpec } from '../network';
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
  throw new UsageError(`There is no model "${id}"; there are ${Object.keys(presets).join(', ')}.`);
}

/** A preset's network with these parameters. @throws UsageError for a parameter that it does not have, or not so */
export function presetNetwork(id: string, parameters: Record<string, unknown> = {}): NetworkSpec {
  const preset = presetOf(id);
  const parsed = v.safeParse(preset.parameters, parameters);
  if (parsed.success) return parseNetwork(preset.network(parsed.output));
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'parameters'}: ${issue.message}`);
  throw new UsageError(`The model "${id}" can't be made so: ${problems.join('; ')}.`);
}
