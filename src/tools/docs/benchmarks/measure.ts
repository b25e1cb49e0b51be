import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../../../cli/bench/report';
import type { EngineName } from '../../../core/runs/spec';

const folder = 'out/benchmarks';

/** What a part was measured to be, and on what. */
export interface Measured<Result> {
  readonly machine: string;
  readonly result: Result;
}

/** Runs the built command, on a Node of one's choice, and keeps what it measures. */
export class Measurements {
  readonly #node: string;
  readonly #wanted: readonly string[];
  readonly #machine: string;
  /** Of all parts that are told of: on what they were measured, and which they are. */
  readonly machines = new Map<string, string[]>();

  /** @param wanted the parts that are measured; of the others, all where none is named, it takes what was kept. */
  constructor(node: string, wanted: readonly string[]) {
    this.#node = node;
    this.#wanted = wanted;
    this.#machine = machine(run(node, ['-p', 'process.versions.node']).trim());
  }

  part<Result>(name: string, measure: () => Result): Result {
    const measured = this.#isWanted(name) ? this.#keep(name, measure()) : this.kept<Result>(name);
    if (!measured) throw new Error(`Nothing is kept of the part ${name}: name it, too.`);
    this.machines.set(measured.machine, [...(this.machines.get(measured.machine) ?? []), name]);
    return measured.result;
  }

  /** What was kept of a part that may not have been measured yet. */
  kept<Result>(name: string): Measured<Result> | null {
    const path = pathOf(name);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  }

  involution(...words: string[]): string {
    return run(this.#node, ['dist/involution.mjs', ...words]);
  }

  bench<Answer>(...words: string[]): Answer {
    return JSON.parse(this.involution('bench', ...words, '--json'));
  }

  /** The same on so many processors, the first ones. */
  benchOn<Answer>(processors: number, ...words: string[]): Answer {
    return this.#benchUnder(['taskset', '--cpu-list', `0-${processors - 1}`], words);
  }

  /** The same without vectors of 256 bits. */
  benchNarrow<Answer>(...words: string[]): Answer {
    return this.#benchUnder(['env', 'INVOLUTION_LAB_VECTORS=128'], words);
  }

  #benchUnder<Answer>(
    [program, ...options]: readonly [string, ...string[]],
    words: readonly string[],
  ): Answer {
    const command = [this.#node, 'dist/involution.mjs', 'bench', ...words, '--json'];
    return JSON.parse(run(program, [...options, ...command]));
  }

  #isWanted(name: string): boolean {
    return this.#wanted.length === 0 || this.#wanted.includes(name);
  }

  #keep<Result>(name: string, result: Result): Measured<Result> {
    const measured = { machine: this.#machine, result };
    mkdirSync(folder, { recursive: true });
    writeFileSync(pathOf(name), JSON.stringify(measured));
    return measured;
  }
}

const pathOf = (name: string) => join(folder, `${name}.json`);

export function run(program: string, words: readonly string[], input = ''): string {
  return execFileSync(program, words, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'inherit'] });
}

export const engineWords = (names: readonly EngineName[]) => names.flatMap((name) => ['--engine', name]);
