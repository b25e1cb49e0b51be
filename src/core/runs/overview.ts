import type { ModelId } from '../network/model';
import type { RunEvent } from './events';
import { isUnderWay, type RunCondition, type RunState } from './lifecycle';

/** What a list of runs shows of one: drawn from its events alone. */
export interface RunOverview {
  readonly state: RunCondition;
  /** Why, for people. */
  readonly message: string;
  /** Training time of all models, in seconds. */
  readonly seconds: number;
  readonly models: Readonly<Record<ModelId, ModelOverview>>;
}

export interface ModelOverview {
  readonly epochs: number;
  readonly valAccuracy: number | null;
  readonly bestValAccuracy: number | null;
  readonly seconds: number;
}

const nothing: ModelOverview = { epochs: 0, valAccuracy: null, bestValAccuracy: null, seconds: 0 };

/** Follows a run's events; those of models that it does not have are not its own. */
export class RunOverviewBuilder {
  #state: RunState = 'preparing';
  #message = '';
  readonly #models: Record<ModelId, ModelOverview> = {};

  constructor(private readonly models: readonly ModelId[]) {}

  observe(event: RunEvent): void {
    if (event.type === 'status') {
      this.#state = event.state;
      this.#message = event.message ?? '';
    } else if (event.type === 'epoch' && this.models.includes(event.model)) {
      const before = this.#models[event.model] ?? nothing;
      const accuracies = [before.bestValAccuracy, event.valAccuracy].filter((value) => value !== null);
      this.#models[event.model] = {
        epochs: event.epoch,
        valAccuracy: event.valAccuracy,
        bestValAccuracy: accuracies.length ? Math.max(...accuracies) : null,
        seconds: before.seconds + event.seconds,
      };
    }
  }

  overview(isBeingTrained: boolean): RunOverview {
    const interrupted = isUnderWay(this.#state) && !isBeingTrained;
    return {
      state: interrupted ? 'interrupted' : this.#state,
      message: this.#message,
      seconds: Object.values(this.#models).reduce((sum, { seconds }) => sum + seconds, 0),
      models: { ...this.#models },
    };
  }
}
