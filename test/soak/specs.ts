import { fileURLToPath } from 'node:url';
import type { ModelId } from '../../src/core/network/model';

/** A run small enough to be trained many times an hour, on an engine that repeats its results to the bit. */
export interface SoakSpec {
  readonly name: string;
  readonly models: readonly ModelId[];
  /** Options of `involution train`. */
  readonly options: string;
}

const pictures = fileURLToPath(new URL('../../src/tools/workbench/sample/shapes', import.meta.url));

export const specs: readonly SoakSpec[] = [
  {
    name: 'both on shapes',
    models: ['involution', 'convolution'],
    options: '--data shapes --train-count 120 --validation-count 20 --batch-size 8 --epochs 3 --engine wasm',
  },
  {
    name: 'both on a folder',
    models: ['involution', 'convolution'],
    options: `--data ${pictures} --image-size 12 --batch-size 4 --epochs 4 --schedule cosine --engine wasm`,
  },
  {
    name: 'involution on shapes',
    models: ['involution'],
    options:
      '--model involution --data shapes --train-count 200 --validation-count 20 --batch-size 10 --epochs 4 --clip-norm 1 --engine wasm',
  },
  {
    name: 'convolution on a folder',
    models: ['convolution'],
    options: `--model convolution --data ${pictures} --image-size 16 --batch-size 4 --epochs 4 --early-stopping 2 --engine wasm`,
  },
  {
    name: 'three of a kind on a folder',
    models: ['involution', 'involution-2', 'involution-3'],
    options: `--model involution --model involution --set kernelSize=5 --model involution --set width=4,groups=2 --data ${pictures} --image-size 8 --batch-size 4 --epochs 3 --engine wasm`,
  },
  {
    name: 'involution on a folder, on cpu',
    models: ['involution'],
    options: `--model involution --data ${pictures} --image-size 8 --batch-size 4 --epochs 4 --engine cpu`,
  },
];

/** Lasts longer than a window takes to load, several times. */
export const editorSpec: SoakSpec = {
  name: 'involution in the editor',
  models: ['involution'],
  options:
    '--model involution --data shapes --train-count 400 --validation-count 20 --batch-size 4 --epochs 20 --engine wasm',
};

/** The words of a command line. Nothing in a spec has a space but the path of its data. */
export const wordsOf = ({ options }: SoakSpec): string[] => {
  const [before, after] = options.split(pictures);
  const words = (text: string) => text.split(' ').filter(Boolean);
  return after === undefined ? words(before!) : [...words(before!), pictures, ...words(after)];
};
