import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { outcome } from '../worker/support/outcome';
import { BuiltCommand } from './builtCommand';
import type { Outcome } from './invariants';
import { type SoakSpec, wordsOf } from './specs';

/** Trains each spec once, undisturbed, for the others to be compared with. */
export class References {
  readonly #made = new Map<SoakSpec, Promise<Outcome>>();

  constructor(private readonly folder: string) {}

  of(spec: SoakSpec): Promise<Outcome> {
    let made = this.#made.get(spec);
    if (!made) {
      made = this.#make(spec);
      this.#made.set(spec, made);
    }
    return made;
  }

  async #make(spec: SoakSpec): Promise<Outcome> {
    const runs = await mkdtemp(join(this.folder, 'undisturbed '));
    const command = new BuiltCommand(['train', ...wordsOf(spec), '--runs', runs], { env: {} });
    if ((await command.exit) !== 0) throw new Error(`"${spec.name}" can't be trained: ${command.errors}`);
    return outcome(command.folder);
  }
}
