import type { Group } from 'h5wasm';
import type { PlainFolder } from '../files/plainFolder';
import { temporaryName } from '../files/temporary';
import type { KerasLayer, KerasNetwork } from './kerasNetwork';

/** Keras names a layer's group by its class, numbered within the class, whatever the layer is called. */
function groupNames(layers: readonly KerasLayer[]): string[] {
  const seen = new Map<string, number>();
  return layers.map(({ className }) => {
    const snake = className
      .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase();
    const number = seen.get(snake) ?? 0;
    seen.set(snake, number + 1);
    return number === 0 ? snake : `${snake}_${number}`;
  });
}

/**
 * `model.weights.h5` of the `.keras` v3 format (keras/src/saving/saving_lib.py), made within `folder`: its library writes
 * files only.
 */
export async function kerasWeights(network: KerasNetwork, folder: PlainFolder): Promise<Uint8Array> {
  const temporary = temporaryName();
  await folder.makeFolder(temporary);
  try {
    const file = `${temporary}/model.weights.h5`;
    await writeHdf5(network, folder.pathOf(file));
    return await folder.read(file, 2 ** 31 - 1);
  } finally {
    await folder.remove(temporary);
  }
}

async function writeHdf5({ layers }: KerasNetwork, path: string): Promise<void> {
  const { default: h5wasm } = await import('h5wasm/node');
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'w');
  try {
    const names = groupNames(layers);
    for (const [i, { weights }] of layers.entries()) {
      for (const [place, { values, shape }] of weights) {
        const path = ['layers', names[i]!, ...place.split('/')];
        const parent = path.slice(0, -1).reduce<Group>(child, file);
        parent.create_dataset({ name: path.at(-1)!, data: values, shape: [...shape], dtype: '<f' });
      }
    }
  } finally {
    file.close();
  }
}

function child(group: Group, name: string): Group {
  return group.keys().includes(name) ? (group.get(name) as Group) : group.create_group(name);
}
