import type { Scene } from '../scene';

/** Something that may happen to a training. Adding one to the table (table.ts) is all that there is to it. */
export interface Disturbance {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  /**
   * Trains, disturbs that, checks what has to hold then, and comes back when no process of it is left. Says what was done.
   * Throws when something was seen that must not be.
   */
  apply(scene: Scene): Promise<string>;
}
