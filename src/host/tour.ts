import * as v from 'valibot';
import * as vscode from 'vscode';
import { type TourStep, tourSteps } from '../protocol/lab';
import { ContextKey } from './ids';

const Stored = v.array(v.picklist(tourSteps));
const storageKey = 'tour';

/** The steps of the tour that were answered, in whichever window. */
export class Tour {
  constructor(private readonly memory: vscode.Memento) {
    this.#tell();
  }

  get learned(): readonly TourStep[] {
    const stored = v.safeParse(Stored, this.memory.get(storageKey));
    return stored.success ? stored.output : [];
  }

  async remember(learned: readonly TourStep[]): Promise<void> {
    await this.memory.update(storageKey, [...new Set(learned)]);
    this.#tell();
  }

  /** The walkthrough ticks its step off. */
  #tell(): void {
    const isDone = tourSteps.every((step) => this.learned.includes(step));
    void vscode.commands.executeCommand('setContext', ContextKey.Toured, isDone);
  }
}
