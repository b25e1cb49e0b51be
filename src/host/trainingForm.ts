import * as v from 'valibot';
import * as vscode from 'vscode';
import { ModelRequest, type ModelRequestInput, type ModelSpec, modelsLimit } from '../core/network/model';
import { shortRequests } from '../core/network/request';
import { hasInvolutions } from '../core/network/traits';
import { RunSpec, type RunSpecInput } from '../core/runs/spec';

/** No spec: the form was unfolded, and nothing in it answered. */
const StoredForm = v.object({ spec: v.optional(RunSpec), expanded: v.boolean() });
type StoredForm = v.InferOutput<typeof StoredForm>;
const formKey = 'trainingForm';

/** So many are offered again. */
const mostCombinations = 5;
const StoredCombinations = v.array(v.pipe(v.array(ModelRequest), v.minLength(1), v.maxLength(modelsLimit)));
const combinationsKey = 'modelCombinations';

type Combination = readonly ModelRequestInput[];

/**
 * The training form as it was last left, kept across windows: what the next "Train" trains. Models are kept as they
 * were asked for, so that the form shows their presets as they are by then.
 */
export class TrainingForm {
  readonly #changed = new vscode.EventEmitter<void>();
  /** It was filled in elsewhere than in the form. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memory: vscode.Memento) {}

  /** False until something was trained, or a field of the form filled in: unfolding it answers nothing. */
  get isRemembered(): boolean {
    return this.#stored?.spec !== undefined;
  }

  get spec(): RunSpecInput {
    const spec = this.#stored?.spec;
    return spec ? { ...spec, models: shortRequests(spec.models) } : {};
  }

  /** The first of its models whose kernels can be looked at; null where there is none. */
  get involutionModel(): ModelSpec | null {
    return this.#stored?.spec?.models.find(({ network }) => hasInvolutions(network)) ?? null;
  }

  get expanded(): boolean {
    return this.#stored?.expanded ?? false;
  }

  async remember(spec: RunSpecInput): Promise<void> {
    const { models } = spec;
    const asked = models ? { ...spec, models: shortRequests(models) } : spec;
    await this.memory.update(formKey, { spec: asked, expanded: this.expanded });
  }

  /** Whether its hyper-parameters are unfolded. */
  async unfold(expanded: boolean): Promise<void> {
    await this.memory.update(formKey, { ...(this.isRemembered && { spec: this.spec }), expanded });
  }

  async fillIn(spec: RunSpecInput): Promise<void> {
    await this.remember(spec);
    this.#changed.fire();
  }

  /** Models that were trained together, newest first. */
  get combinations(): readonly Combination[] {
    const result = v.safeParse(StoredCombinations, this.memory.get(combinationsKey));
    return result.success ? result.output : [];
  }

  async keepCombination(models: Combination): Promise<void> {
    const all = [shortRequests(models), ...this.combinations.map(shortRequests)];
    const distinct = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
    await this.memory.update(combinationsKey, distinct.slice(0, mostCombinations));
  }

  get #stored(): StoredForm | null {
    const stored = this.memory.get(formKey);
    const whole = v.safeParse(StoredForm, stored);
    if (whole.success) return whole.output;
    // A model may be one that this version does not know, or not so: all else stays.
    const { spec, expanded } = (stored ?? {}) as { spec?: object; expanded?: boolean };
    const rest = v.safeParse(StoredForm, { spec: { ...spec, models: undefined }, expanded });
    return rest.success ? rest.output : null;
  }
}
