import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { npmCommand } from '../../../src/node/programs.mjs';
import { buildLibrary } from '../../../src/tools/build/library.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** Where TF.js is taken from: this checkout's, or another version's. */
const tensorFlow = process.env.INVOLUTION_LAB_TFJS || join(repository, 'node_modules');
const execute = promisify(execFile);

/** What `npm pack` says of a package. */
interface Packed {
  readonly filename: string;
  /** In bytes, of the archive. */
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** A project of somebody else's: the library as npm packs and installs it, and TF.js. */
export class LibraryProject {
  private constructor(
    readonly folder: string,
    readonly packed: Packed,
    /** All that npm installed. */
    readonly installed: readonly string[],
  ) {}

  static async make(): Promise<LibraryProject> {
    const folder = mkdtempSync(join(tmpdir(), 'involution library '));
    cpSync(join(repository, 'test/unit/tools/library'), folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await buildLibrary(join(folder, 'package'));
    const [packed] = JSON.parse(await npm(folder, 'pack', './package', '--json')) as [Packed];
    // Peers would be fetched; TF.js is linked below.
    const offline = ['--offline', '--legacy-peer-deps', '--no-audit', '--no-fund'];
    await npm(folder, 'install', ...offline, `./${packed.filename}`);
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    for (const name of ['tfjs-core', 'tfjs-layers', 'tfjs-backend-cpu']) {
      const link = join(folder, 'node_modules/@tensorflow', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(tensorFlow, '@tensorflow', name), link, 'junction');
    }
    makeUnion(join(folder, 'node_modules/@tensorflow/tfjs'));
    return new LibraryProject(folder, packed, installed);
  }

  /** What a Node program prints. */
  async run(...words: string[]): Promise<string> {
    try {
      return (await execute(process.execPath, words, { cwd: this.folder })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`node ${words.join(' ')}\n${stdout}${stderr}`);
    }
  }

  /** The value that a module prints as JSON, its last line. */
  async valueOf(name: string, module?: string): Promise<unknown> {
    if (module !== undefined) writeFileSync(join(this.folder, name), module);
    return JSON.parse((await this.run(name)).trimEnd().split('\n').at(-1)!);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function npm(cwd: string, ...words: string[]): Promise<string> {
  const { file, args, env } = npmCommand(words);
  return (await execute(file, args, { cwd, env })).stdout;
}

/** What `@tensorflow/tfjs` is: the packages of TF.js under one name. */
function makeUnion(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }\n');
  const lines = [
    "import '@tensorflow/tfjs-backend-cpu';",
    "export * from '@tensorflow/tfjs-core';",
    "export * from '@tensorflow/tfjs-layers';",
  ];
  writeFileSync(join(folder, 'index.js'), `${lines.join('\n')}\n`);
}

/** The programs in a page. */
export const programsIn = (markdown: string): string[] =>
  [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map(([, program]) => program!);
