import { readFileSync, writeFileSync } from 'node:fs';
import { collectStrings } from './collectStrings';

/** Brings the bundle up to date. What it has stays in its place, so that the changes of two branches merge. */
const file = 'media/l10n/bundle.l10n.json';
const strings = await collectStrings();
const kept = Object.keys(JSON.parse(readFileSync(file, 'utf8'))).filter((key) => key in strings);
const ordered = new Set([...kept, ...Object.keys(strings)]);
const bundle = Object.fromEntries([...ordered].map((key) => [key, strings[key]]));
writeFileSync(file, `${JSON.stringify(bundle, null, 2)}\n`);
