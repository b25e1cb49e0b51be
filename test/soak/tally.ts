import type { RoundResult } from './round';

/** What there was, for the summary at the end. */
export class Tally {
  readonly #started = Date.now();
  readonly #kinds = new Map<string, number>();
  readonly #violations: string[] = [];
  #rounds = 0;
  #editorRounds = 0;

  get violations(): number {
    return this.#violations.length;
  }

  add(seed: number, inEditor: boolean, { disturbances, violation, kept }: RoundResult): void {
    this.#rounds++;
    if (inEditor) this.#editorRounds++;
    for (const { name } of disturbances) this.#kinds.set(name, (this.#kinds.get(name) ?? 0) + 1);
    if (violation === null) return;
    const again = `npm run soak -- --round ${inEditor ? 'editor:' : ''}${seed}`;
    this.#violations.push(`${violation.split('\n')[0]}\n    again: ${again}\n    kept: ${kept}`);
  }

  fuzzed(line: string, violation: string | null): void {
    console.log(line);
    if (violation !== null) this.#violations.push(violation);
  }

  summary(): string {
    const minutes = Math.round((Date.now() - this.#started) / 6000) / 10;
    const kinds = [...this.#kinds].sort(([, a], [, b]) => b - a);
    const total = kinds.reduce((sum, [, times]) => sum + times, 0);
    return [
      `\n${this.#rounds} rounds (${this.#editorRounds} in the editor) in ${minutes} minutes, ${total} disturbances:`,
      ...kinds.map(([name, times]) => `  ${String(times).padStart(5)}  ${name}`),
      `${this.#violations.length} violations${this.#violations.length > 0 ? ':' : '.'}`,
      ...this.#violations.map((violation) => `  ${violation}`),
    ].join('\n');
  }
}
