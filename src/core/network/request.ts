import type { ModelRequestInput } from './model';
import { presets } from './presets/presets';

/** A preset that is known here, with parameters. */
export interface PresetRequest {
  readonly preset: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}
/** A network that no preset made, or one that is not known here. */
export type NetworkRequest = Extract<ModelRequestInput, { network: unknown }>;

/**
 * What a form shows of a model that was asked for before, in whatever way: the preset that it came from, which may have
 * changed since, rather than the network that the preset gave.
 */
export function requestOf(request: ModelRequestInput): PresetRequest | NetworkRequest | null {
  const { preset, parameters = {} } = originOf(request);
  if (preset !== undefined && Object.hasOwn(presets, preset)) return { preset, parameters };
  return typeof request === 'object' && 'network' in request ? request : null;
}

function originOf(request: ModelRequestInput): Partial<PresetRequest> {
  if (typeof request === 'string') return { preset: request };
  return 'preset' in request ? request : (request.origin ?? {});
}

/** As it is written down: a preset as it comes is its name alone. */
export function shortRequest(request: PresetRequest | NetworkRequest): ModelRequestInput {
  if (!('preset' in request)) return request;
  const { preset, parameters } = request;
  return Object.keys(parameters).length === 0 ? preset : { preset, parameters: { ...parameters } };
}

/** Models that were asked for before, in their shortest form; those of presets that are not known any more left out. */
export const shortRequests = (models: readonly ModelRequestInput[]): ModelRequestInput[] =>
  models.flatMap((model) => {
    const request = requestOf(model);
    return request ? shortRequest(request) : [];
  });
