import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import * as v from 'valibot';
import { dataKinds } from '../../core/data/dataKinds';
import { shapesClasses } from '../../core/data/shapes';
import { fieldsOf } from '../../core/fields';
import { generatorKinds } from '../../core/involution/generators/generatorKinds';
import { kernelStatistics } from '../../core/kernels/statistics';
import { nativeDeaths } from '../../core/nativeDeath';
import { NetworkSpec } from '../../core/network/network';
import { parametersOf } from '../../core/network/parameters';
import { presets } from '../../core/network/presets/presets';
import { exportFormats } from '../../core/runs/exportFormats';
import { stateWords } from '../../core/runs/lifecycle';
import { RunSpec } from '../../core/runs/spec';
import { phraseOf } from '../../core/words';
import { arithmetics } from '../../engines/wasm/fusedArithmetic';
import { nouns as imageNouns } from '../../node/images/formats';
import { allowedIn } from './allowedIn';
import { sentencesIn } from './sentences';

/**
 * The English strings that are translated, as the bundle has them: what the sources hand to `l10n.t`, every sentence of the
 * core (its `Words`), and the words of the schemas of which forms are made, of the presets, the kinds of data, the built-in
 * classes and the formats of exports, of what pictures of kernels show, of kinds of files, and of how a process dies.
 */
export async function collectStrings(): Promise<Record<string, unknown>> {
  const files = ['src', 'webview'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .sort()
      .map((file) => ({ contents: readFileSync(join(folder, file), 'utf8'), extension: extname(file) })),
  );
  const words = fieldsOf(RunSpec)
    .filter(({ type }) => type !== 'group')
    .flatMap(({ title, description, choices }) => [
      ...[title, description],
      // Names of engines are the same in every language.
      ...choices.flatMap((each) => (each.title === each.value ? [] : [each.title])),
    ]);
  const presetWords = Object.values(presets).flatMap((preset) => [
    ...[preset.title, preset.description],
    ...parametersOf(preset).flatMap(({ title, description }) => [title, description]),
  ]);
  const pictureWords = [
    ...Object.values(kernelStatistics).map(({ title }) => title),
    ...Object.values(generatorKinds).flatMap(({ schema, kind, constants, stages }) => [
      ...Object.values(constants?.(v.parse(schema, { kind })) ?? {}),
      ...Object.values(stages).flatMap(({ title, description }) => [title, description]),
    ]),
  ];
  const schemas = [NetworkSpec, RunSpec, ...Object.values(presets).map(({ parameters }) => parameters)];
  const allowedWords = schemas.flatMap((schema) => allowedIn(schema)).map((text) => phraseOf(text)[0]);
  const otherWords = [
    ...[...Object.values(dataKinds), ...Object.values(exportFormats)].map(({ description }) => description),
    ...[nativeDeaths, imageNouns, arithmetics].flatMap((table) => Object.values(table)),
  ];
  return {
    ...(await getL10nJson(files)),
    ...Object.fromEntries(
      [
        ...Object.values(stateWords),
        ...shapesClasses,
        ...words,
        ...presetWords,
        ...otherWords,
        ...pictureWords,
        ...allowedWords,
        ...sentencesIn('src/core'),
      ].map((text) => [text, text]),
    ),
  };
}
