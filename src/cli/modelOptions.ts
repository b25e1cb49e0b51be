import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import * as v from 'valibot';
import {
  expandModels,
  ModelId,
  type ModelRequest,
  type ModelSpec,
  ModelTitle,
  modelsLimit,
} from '../core/network/model';
import type { NetworkSpec } from '../core/network/network';
import { NetworkError } from '../core/network/networkError';
import { allowedText, valueOfText } from '../core/network/parameters';
import { parameterOf, presetOf, presets } from '../core/network/presets/presets';
import { exampleModels } from '../core/runs/spec';
import { UsageError } from '../core/usageError';
import { checkNetworkFile, readNetwork, writeNetwork } from './networkFile';
import { path } from './options';

interface Asked {
  /** What it is: a preset, or a file with a network. */
  readonly model: { readonly preset: string } | { readonly file: string };
  readonly parameters: Record<string, unknown>;
  id?: string;
  title?: string;
  /** Where its network goes. */
  saveTo?: string;
}

/** The models that a command line asks for, in its order: what follows a --model or a --network is said of that one. */
export class AskedModels {
  readonly #asked: Asked[] = [];
  /** By file. */
  readonly #networks = new Map<string, string>();

  /** Whether any is asked for. */
  get areSaid(): boolean {
    return this.#asked.length > 0;
  }

  /** Whole; the example's two, where none is asked for. @throws UsageError */
  async models(): Promise<ModelSpec[]> {
    if (this.#asked.length === 0) return expandModels(exampleModels);
    if (this.#asked.length > modelsLimit)
      throw new UsageError(
        `At most ${modelsLimit} models go together; these are ${this.#asked.length}. Leave some out.`,
      );
    const models = expandModels(await Promise.all(this.#asked.map((asked) => this.#request(asked))));
    for (const { file, network } of this.#saved(models)) await checkNetworkFile(file, network);
    return models;
  }

  /** Writes the networks that a file is named for, once everything else about the models is found right. */
  async saveNetworks(models: readonly ModelSpec[]): Promise<void> {
    for (const { file, network } of this.#saved(models)) await writeNetwork(file, network);
  }

  /** What went wrong with the models, by the file that it is in: as a wrong question. Other errors as they are. */
  explained(error: unknown): unknown {
    if (!(error instanceof NetworkError)) return error;
    const files = [...this.#networks].filter(([, name]) => name === error.network).map(([file]) => file);
    return new UsageError([...files, error.message].join(': '));
  }

  preset(name: string): void {
    this.#asked.push({ model: { preset: presetOf(name).id }, parameters: {} });
  }

  file(file: string): void {
    this.#asked.push({ model: { file }, parameters: {} });
  }

  /** "depth=26,width=0.5". */
  set(text: string): void {
    const { model, parameters } = this.#last('--set');
    if (!('preset' in model))
      throw new UsageError(
        `--set says parameters of a --model; ${model.file} is a whole network. Change it there.`,
      );
    Object.assign(parameters, parametersIn(text, model.preset));
  }

  id(text: string): void {
    this.#last('--id').id = valid(ModelId, '--id', text);
  }

  title(text: string): void {
    this.#last('--title').title = valid(ModelTitle, '--title', text);
  }

  saveNetwork(file: string): void {
    if (this.#asked.some(({ saveTo }) => saveTo !== undefined && resolve(saveTo) === resolve(file)))
      throw new UsageError(`--save-network ${file} is said of two models. Name a file for each.`);
    this.#last('--save-network').saveTo = file;
  }

  #last(option: string): Asked {
    const last = this.#asked.at(-1);
    if (last) return last;
    throw new UsageError(`${option} belongs to the --model before it, and there is none. Put it behind one.`);
  }

  #saved(models: readonly ModelSpec[]): { file: string; network: NetworkSpec }[] {
    return this.#asked.flatMap(({ saveTo }, i) =>
      saveTo === undefined ? [] : [{ file: saveTo, network: models[i]!.network }],
    );
  }

  async #request({ model, parameters, id, title }: Asked): Promise<ModelRequest> {
    if ('preset' in model) return { preset: model.preset, parameters, id, title };
    const network = await readNetwork(model.file);
    this.#networks.set(model.file, network.name);
    return { network, id, title };
  }
}

interface ModelOption {
  readonly flags: string;
  readonly description: string;
  /** Checks what is said. */
  readonly parse?: (text: string) => string;
  readonly take: (asked: AskedModels, text: string) => void;
}

export const presetOption: ModelOption = {
  flags: '--model <name>',
  description: 'a model; repeat it for several (default: the two of the Keras example)',
  take: (asked, name) => asked.preset(name),
};
export const networkOption: ModelOption = {
  flags: '--network <file>',
  description: 'a network of your own, as JSON; repeat it, and mix it with --model',
  parse: path,
  take: (asked, file) => asked.file(file),
};
export const setOption: ModelOption = {
  flags: '--set <name=value,…>',
  description: 'parameters of the --model before it',
  take: (asked, text) => asked.set(text),
};
const idOption: ModelOption = {
  flags: '--id <id>',
  description: 'names the model before it in files and output (default: its own name)',
  take: (asked, text) => asked.id(text),
};
export const titleOption: ModelOption = {
  flags: '--title <title>',
  description: 'names the model before it in tables and charts',
  take: (asked, text) => asked.title(text),
};

/** `said` is told each time. */
export const modelOption = (
  { flags, description, parse = (text) => text }: Omit<ModelOption, 'take'>,
  said: (text: string) => void,
) => new Option(flags, description).argParser((text) => said(parse(text)));

/** Adds what asks for models; what is asked for is known once the command line is parsed. */
export function addModelOptions(command: Command): AskedModels {
  const asked = new AskedModels();
  for (const option of [presetOption, setOption, networkOption, idOption, titleOption])
    command.addOption(modelOption(option, (text) => option.take(asked, text)));
  command.addOption(saveNetworkOption('the model before it', (file) => asked.saveNetwork(file)));
  addPresetHelp(command);
  return asked;
}

export function addPresetHelp(command: Command): void {
  command.addHelpText(
    'after',
    () => `\nModels:\n${presetLines()}\n"involution models" lists their parameters.`,
  );
}

/** `of` whose network it is; `said` is told the file. */
export const saveNetworkOption = (of: string, said: (file: string) => unknown = (file) => file) =>
  new Option(
    '--save-network <file>',
    `writes the whole network of ${of} there, as JSON: --network takes it again, changed as you like`,
  ).argParser((text) => said(path(text)));

const presetLines = () =>
  Object.values(presets)
    .map(({ id, description }) => `  ${id.padEnd(14)} ${description}`)
    .join('\n');

/** What --set says of a preset. @throws UsageError that says what is allowed */
function parametersIn(text: string, presetName: string): Record<string, unknown> {
  const preset = presetOf(presetName);
  const said = text.split(',').map((part) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/.exec(part) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--set takes name=value, several with commas between them, and no "${part}".`);
    const parameter = parameterOf(preset, name);
    const meant = valueOfText(parameter, value);
    if (meant === undefined)
      throw new UsageError(`${name} of ${preset.id} must be ${allowedText(parameter)}, but is "${value}".`);
    return [name, meant] as const;
  });
  return Object.fromEntries(said);
}

function valid<Output>(schema: v.GenericSchema<string, Output>, option: string, text: string): Output {
  const { success, output, issues } = v.safeParse(schema, text);
  if (success) return output;
  throw new UsageError(`${option} "${text}": it ${issues[0].message}.`);
}
