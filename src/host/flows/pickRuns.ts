import * as vscode from 'vscode';
import type { RunCard } from '../../protocol/lab';
import { type Choice, pickOne, pickSeveral } from '../dialogs';
import { ago } from '../format';
import { command } from '../ids';
import { Problem } from '../problem';
import type { RunStore } from '../runStore';
import { bestAccuracies, stateTitle } from '../words';

type RunItem = Choice & { readonly run: RunCard };

/** One of the runs that fit. Throws a Problem when none does, a CancellationError when the picker is dismissed. */
export async function pickRun(
  runs: RunStore,
  title: string,
  fits: (run: RunCard) => boolean = () => true,
): Promise<RunCard> {
  return (await pickOne(await items(runs, fits), { title })).run;
}

export async function pickSeveralRuns(runs: RunStore, title: string): Promise<RunCard[]> {
  const choices = await items(runs, () => true);
  return (await pickSeveral(choices, { title })).map(({ run }) => run);
}

async function items(runs: RunStore, fits: (run: RunCard) => boolean): Promise<RunItem[]> {
  await runs.refresh();
  const fitting = runs.cards().filter(fits);
  if (fitting.length === 0) {
    const message =
      runs.cards().length === 0
        ? vscode.l10n.t('There are no runs in {0} yet.', runs.folder)
        : vscode.l10n.t('None of the {0} runs fits.', runs.cards().length);
    throw new Problem(message, [
      {
        title: vscode.l10n.t('Train'),
        run: () => vscode.commands.executeCommand(command('train')),
      },
    ]);
  }
  return fitting.map((run) => ({
    run,
    label: run.name,
    description: bestAccuracies(run),
    detail: `${stateTitle(run.state)} · ${run.dataName} · ${ago(Date.parse(run.created), Date.now())}`,
  }));
}
