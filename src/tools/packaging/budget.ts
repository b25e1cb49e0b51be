import { readFileSync, statSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import type { Platform } from './platforms';

const kilobyte = 1000;
const megabyte = 1000 * kilobyte;

export interface Size {
  readonly what: string;
  readonly bytes: number;
  readonly limit: number;
}

/** What a user downloads and an editor loads stays small: these sizes are promises. */
const limits = {
  extension: 220 * kilobyte,
  /** All that a webview loads before it draws. */
  page: 250 * kilobyte,
  /** All that a part of it loads when it is first visited. */
  part: 100 * kilobyte,
};
const vsixLimits: Partial<Record<Platform, number>> = { 'linux-x64': 40 * megabyte };

/** Each page of the build with all that it imports, then each of its later parts with what the page has not yet. */
export function pageSizes({ outputs }: Pick<Metafile, 'outputs'>): Size[] {
  const imports = (file: string, kind: string) =>
    outputs[file]!.imports.filter((each) => each.kind === kind && !each.external).map(({ path }) => path);
  const withImports = (file: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const each of imports(file, 'import-statement')) withImports(each, seen);
    return seen;
  };
  const total = (files: Iterable<string>) =>
    [...files].reduce((bytes, file) => bytes + outputs[file]!.bytes, 0);

  const scripts = Object.keys(outputs).filter((file) => file.endsWith('.js'));
  const parts = new Set(scripts.flatMap((file) => imports(file, 'dynamic-import')));
  const pages = scripts.filter((file) => outputs[file]!.entryPoint && !parts.has(file));
  return pages.flatMap((page) => {
    const loaded = withImports(page);
    const later = new Set([...loaded].flatMap((file) => imports(file, 'dynamic-import')));
    return [
      { what: page, bytes: total(loaded), limit: limits.page },
      ...[...later].map((part) => ({
        what: `${page} + ${outputs[part]!.entryPoint}`,
        bytes: total([...withImports(part)].filter((file) => !loaded.has(file))),
        limit: limits.part,
      })),
    ];
  });
}

/** Prints each size beside its budget; throws when one is exceeded. */
export function checkSizes(platform: Platform, vsix: string): void {
  const file = (path: string, limit: number): Size => ({ what: path, bytes: statSync(path).size, limit });
  const limit = vsixLimits[platform];
  const sizes = [
    file('dist/extension.cjs', limits.extension),
    ...pageSizes(JSON.parse(readFileSync('out/webviews.json', 'utf8'))),
    ...(limit === undefined ? [] : [file(vsix, limit)]),
  ];
  for (const { what, bytes, limit } of sizes)
    console.log(`${what}: ${Math.round(bytes / kilobyte)} of ${limit / kilobyte} kB`);
  const over = sizes.filter(({ bytes, limit }) => bytes > limit);
  if (over.length > 0) throw new Error(`Over the size budget: ${over.map(({ what }) => what).join(', ')}`);
}
