import { extname } from 'node:path';
import * as vscode from 'vscode';
import { hasInvolutions } from '../../core/network/traits';
import type { RunCard } from '../../protocol/lab';
import { offer } from '../dialogs';
import { command } from '../ids';
import { imageExtensions } from '../imageFiles';
import { Problem } from '../problem';
import type { RunStore } from '../runStore';
import type { Services } from '../services';
import type { LabPanels } from '../views/labPanel';

const { l10n } = vscode;

/** Opens the kernels of these images under the latest run of a model with involutions; of untrained ones without any. */
export async function visualizeKernels(
  { runs }: Services,
  panels: LabPanels,
  selected: readonly vscode.Uri[],
): Promise<void> {
  const images = selected.length > 0 ? selected : await pickImages();
  for (const image of images) assertUsable(image);
  await runs.refresh();
  const latest = await latestWithKernels(runs);
  panels.open({
    runs: latest ? [latest.id] : [],
    section: 'kernels',
    images: images.map((image) => image.fsPath),
  });
  if (!latest) {
    void offer('info', l10n.t('No run yet: these are the kernels of an untrained network.'), [
      {
        title: l10n.t('Train One'),
        run: () => vscode.commands.executeCommand(command('train')),
      },
    ]);
  }
}

async function latestWithKernels(runs: RunStore): Promise<RunCard | undefined> {
  for (const run of runs.cards()) {
    const { spec } = await runs.manifest(run.id);
    if (spec.models.some(({ network }) => hasInvolutions(network))) return run;
  }
  return undefined;
}

async function pickImages(): Promise<vscode.Uri[]> {
  const files = await vscode.window.showOpenDialog({
    canSelectMany: true,
    filters: { [l10n.t('Images')]: imageExtensions },
    openLabel: l10n.t('Show Kernels'),
  });
  if (!files?.length) throw new vscode.CancellationError();
  return files;
}

function assertUsable(image: vscode.Uri): void {
  if (image.scheme !== 'file') {
    throw new Problem(
      l10n.t('{0} is not on the disk ({1}). Save it as a file first.', image.path, image.scheme),
    );
  }
  const extension = extname(image.fsPath).slice(1).toLowerCase();
  if (!imageExtensions.includes(extension)) {
    throw new Problem(
      l10n.t('{0} is not an image of a known kind. Known are {1}.', image.fsPath, imageExtensions.join(', ')),
    );
  }
}
