import { Command } from 'commander';
import { footprint } from '../core/network/footprint';
import { expandModels, type ModelSpec } from '../core/network/model';
import type { NetworkSpec } from '../core/network/network';
import { NetworkError } from '../core/network/networkError';
import { allowedText, type Parameter, parametersOf } from '../core/network/parameters';
import { allLayers, placeLayers } from '../core/network/place';
import type { Preset } from '../core/network/presets/preset';
import { presetOf, presets } from '../core/network/presets/presets';
import { shapeText } from '../core/network/shape';
import { UsageError } from '../core/usageError';
import { grouped } from './format';
import { layersCommand } from './layers';
import { AskedModels, saveNetworkOption } from './modelOptions';
import { jsonOption, positiveInteger } from './options';
import { table } from './table';

/** What the table counts a network for: CIFAR-10's images and classes. */
const [imageSize, classes] = [32, 10];

export function modelsCommand(): Command {
  return new Command('models')
    .description('the models that can be trained, and what can be changed of them')
    .enablePositionalOptions()
    .addOption(jsonOption())
    .action(({ json }: { json?: boolean }) => {
      const all = Object.values(presets);
      console.log(json ? JSON.stringify(all.map(described)) : overview(all));
    })
    .addCommand(showCommand())
    .addCommand(layersCommand());
}

interface ShowOptions {
  set?: string[];
  imageSize: number;
  classes: number;
  saveNetwork?: string;
  json?: boolean;
}

function showCommand(): Command {
  return new Command('show')
    .description("a model's network, layer by layer")
    .argument('<name>', 'a model that "involution models" lists')
    .option('--set <name=value,…>', 'its parameters', (text: string, before: string[] = []) => [
      ...before,
      text,
    ])
    .option('--image-size <pixels>', 'side of the square images', positiveInteger, imageSize)
    .option('--classes <count>', 'how many classes are told apart', positiveInteger, classes)
    .addOption(saveNetworkOption('the model'))
    .addOption(jsonOption())
    .addHelpText('after', () => `\n${Object.values(presets).map(parameterHelp).join('\n')}`)
    .action(show);
}

async function show(name: string, { set = [], saveNetwork, json, ...size }: ShowOptions): Promise<void> {
  const asked = new AskedModels();
  asked.preset(name);
  for (const text of set) asked.set(text);
  if (saveNetwork !== undefined) asked.saveNetwork(saveNetwork);
  const [model] = (await asked.models()) as [ModelSpec];
  const shown = json ? JSON.stringify(model.network) : listing(model, size);
  await asked.saveNetworks([model]);
  console.log(shown);
}

const described = (preset: Preset) => ({
  id: preset.id,
  title: preset.title,
  parameters: parametersOf(preset).map(({ title: _, description: __, step: ___, ...parameter }) => parameter),
});

function overview(all: readonly Preset[]): string {
  const rows = all.map(({ id, title, ...preset }) => {
    const { parameters, macs } = countsOf(id);
    const changeable = parametersOf(preset).map((parameter) => `${parameter.name}=${defaultText(parameter)}`);
    return [id, title, grouped(parameters), grouped(macs), changeable.join(', ') || '–'];
  });
  const right = { align: 'right' as const };
  return [
    table(
      [
        { title: 'Model' },
        { title: 'Title' },
        { title: 'Trainable', ...right },
        { title: 'MACs', ...right },
        { title: 'Parameters' },
      ],
      rows,
    ),
    '',
    `Counted for images of ${imageSize}×${imageSize} and ${classes} classes. "involution models show --help" says what each parameter is.`,
  ].join('\n');
}

function countsOf(preset: string): { parameters: number; macs: number } {
  const [{ network }] = expandModels([preset]) as [ModelSpec];
  return footprint(network, [imageSize, imageSize, 3], classes);
}

function parameterHelp(preset: Preset): string {
  const lines = parametersOf(preset).map((parameter) => {
    const { name, description } = parameter;
    return `  ${name.padEnd(16)} ${description} ${capitalized(allowedText(parameter))} (default: ${defaultText(parameter)}).`;
  });
  return [`${preset.id}: ${preset.description}`, ...lines].join('\n');
}

function listing({ id, title, origin, network }: ModelSpec, size: Omit<ShowOptions, 'set'>): string {
  const preset = presetOf(id);
  const said = origin?.parameters ?? {};
  const values = parametersOf(preset).map((parameter) => [
    parameter.name,
    String(said[parameter.name] ?? defaultText(parameter)),
    allowedText(parameter),
    parameter.description,
  ]);
  const columns = ['Parameter', 'Value', 'Allowed', ''].map((name) => ({ title: name }));
  return [
    `${title}: ${preset.description}`,
    ...(values.length > 0 ? ['', table(columns, values)] : []),
    '',
    layerTable(network, size),
  ].join('\n');
}

function layerTable(network: NetworkSpec, size: { imageSize: number; classes: number }): string {
  const placed = placedOrRefused(network, size);
  const rows = [...allLayers(placed)].map(({ path, name, spec, output, cost }) => [
    path,
    name,
    spec.kind,
    shapeText(output),
    grouped(cost.parameters),
    grouped(cost.macs),
  ]);
  const { parameters, macs } = footprint(network, [size.imageSize, size.imageSize, 3], size.classes);
  const right = ['Output', 'Parameters', 'MACs'].map((title) => ({ title, align: 'right' as const }));
  const columns = [...['Layer', 'Name', 'Kind'].map((title) => ({ title })), ...right];
  return table(columns, [...rows, ['', '', 'total', '', grouped(parameters), grouped(macs)]]);
}

function placedOrRefused(network: NetworkSpec, size: { imageSize: number; classes: number }) {
  try {
    return placeLayers(network, [size.imageSize, size.imageSize, 3], size.classes);
  } catch (error) {
    throw error instanceof NetworkError ? new UsageError(error.message) : error;
  }
}

const defaultText = ({ default: value }: Parameter) => (value === null ? 'none' : String(value));
const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
