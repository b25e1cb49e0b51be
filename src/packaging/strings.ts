// Brings media/l10n/bundle.l10n.json up to date: `npm run strings`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getL10nJson } from '@vscode/l10n-dev';
import { parametersOf } from '../core/network/parameters';
import { presets } from '../core/network/presets/presets';

const bundle = 'media/l10n/bundle.l10n.json';

/** Every string that the extension or a webview shows: those in the code, and what the presets say of themselves. */
export async function allStrings(): Promise<string[]> {
  const files = ['src', 'webview'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => ({ contents: readFileSync(join(folder, file), 'utf8'), extension: extname(file) })),
  );
  return [...new Set([...Object.keys(await getL10nJson(files)), ...presetStrings()])].sort();
}

function presetStrings(): string[] {
  return Object.values(presets).flatMap((preset) => [
    preset.title,
    preset.description,
    ...parametersOf(preset).flatMap(({ title, description }) => [title, description]),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const strings = await allStrings();
  const contents = Object.fromEntries(strings.map((text) => [text, text]));
  writeFileSync(bundle, `${JSON.stringify(contents, null, 2)}\n`);
}
