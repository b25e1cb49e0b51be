import * as v from 'valibot';
import * as vscode from 'vscode';
import { RunSpec, type RunSpecInput } from '../core/runs/spec';

const StoredForm = v.object({ spec: RunSpec, expanded: v.boolean() });
const storageKey = 'trainingForm';

/** The training form as it was last left, kept across windows: what the next "Train" trains. */
export class TrainingForm {
  readonly #changed = new vscode.EventEmitter<void>();
  /** It was filled in elsewhere than in the form. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memory: vscode.Memento) {}

  /** False until something was trained or the form was touched. */
  get isRemembered(): boolean {
    return this.#stored !== null;
  }

  get spec(): RunSpecInput {
    return this.#stored?.spec ?? {};
  }

  get expanded(): boolean {
    return this.#stored?.expanded ?? false;
  }

  async remember(spec: RunSpecInput, expanded: boolean): Promise<void> {
    await this.memory.update(storageKey, { spec, expanded });
  }

  async fillIn(spec: RunSpecInput): Promise<void> {
    await this.remember(spec, this.expanded);
    this.#changed.fire();
  }

  get #stored(): v.InferOutput<typeof StoredForm> | null {
    const result = v.safeParse(StoredForm, this.memory.get(storageKey));
    return result.success ? result.output : null;
  }
}
