import * as vscode from 'vscode';
import { expandModels, type ModelRequestInput } from '../../core/network/model';
import { presets } from '../../core/network/presets/presets';
import type { RunCard } from '../../protocol/lab';
import { pickOne } from '../dialogs';
import { chooseParameters } from '../flows/chooseParameters';
import type { CommandId } from '../ids';
import type { Services } from '../services';
import { modelTitle } from '../words';
import { chooseCheckedImages } from './checkedImages';
import { chooseFile } from './chooseFile';
import type { DiagramPanels } from './diagramPanels';
import { openAsNewFile } from './newFile';
import { readNetwork } from './readNetwork';
import type { Summaries } from './summaries';

const { l10n } = vscode;

/** What else the commands ask for. */
export interface NetworkFileContext {
  readonly summaries: Summaries;
  readonly diagrams: DiagramPanels;
  /** The run that a menu was opened on, or the one that is picked. */
  runOr(argument: unknown, title: string): Promise<RunCard>;
  /** Goes through the palette's questions with this model chosen. */
  chooseAndTrain(model: ModelRequestInput): Promise<void>;
}

/** What a person can do with network files, by command. */
export function networkFileActions({ networkFiles, runs }: Services, context: NetworkFileContext) {
  return {
    async newNetworkFile() {
      const title = l10n.t('New Network File');
      const choices = Object.values(presets).map((preset) => ({
        preset: preset.id,
        label: modelTitle(preset),
        description: l10n.t(preset.description),
      }));
      const { preset } = await pickOne(choices, {
        title,
        placeHolder: l10n.t('Which network to begin with'),
      });
      const [model] = expandModels([(await chooseParameters(title, preset)) as never]);
      await openAsNewFile(model!.network, model!.id);
    },
    async openNetworkFile(argument: unknown) {
      const title = l10n.t('Open as Network File');
      const run = await context.runOr(argument, title);
      const { spec } = await runs.manifest(run.id);
      const choices = spec.models.map((model) => ({ model, label: modelTitle(model) }));
      const { model } = choices.length === 1 ? choices[0]! : await pickOne(choices, { title });
      await openAsNewFile(model.network, model.id);
    },
    async trainNetwork(argument: unknown) {
      const document = await chooseFile(argument, l10n.t('Train This Network'));
      await context.chooseAndTrain({ network: readNetwork(document) });
    },
    async summarizeNetwork(argument: unknown) {
      await context.summaries.show(await chooseFile(argument, l10n.t('Show Network Summary')));
    },
    async showDiagram(argument: unknown) {
      context.diagrams.show(await chooseFile(argument, l10n.t('Show Network Diagram')));
    },
    checkNetworkFor: () => chooseCheckedImages(networkFiles),
  } satisfies Partial<Record<CommandId, (...args: unknown[]) => unknown>>;
}
