import type { Group } from 'h5wasm';
import type { PlainFolder } from '../files/plainFolder';
import { temporaryName } from '../files/temporary';
import type { StoredNetwork, TopologyLayer } from './storedNetwork';

/** Where each weight of a layer lies below the layer's own group: keras/src/saving/saving_lib.py, attribute by attribute. */
const places: Record<string, Record<string, string>> = {
  Involution: {
    'kernel_gen/layers/conv2d/vars/0': 'conv1_kernel',
    'kernel_gen/layers/conv2d/vars/1': 'conv1_bias',
    'kernel_gen/layers/batch_normalization/vars/0': 'gamma',
    'kernel_gen/layers/batch_normalization/vars/1': 'beta',
    'kernel_gen/layers/batch_normalization/vars/2': 'moving_mean',
    'kernel_gen/layers/batch_normalization/vars/3': 'moving_variance',
    'kernel_gen/layers/conv2d_1/vars/0': 'conv2_kernel',
    'kernel_gen/layers/conv2d_1/vars/1': 'conv2_bias',
  },
  Conv2D: { 'vars/0': 'kernel', 'vars/1': 'bias' },
  Dense: { 'vars/0': 'kernel', 'vars/1': 'bias' },
};

/** Keras names a layer's group by its class, numbered within the class, whatever the layer is called. */
function groupNames(layers: readonly TopologyLayer[]): string[] {
  const seen = new Map<string, number>();
  return layers.map(({ class_name }) => {
    const snake = class_name
      .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase();
    const number = seen.get(snake) ?? 0;
    seen.set(snake, number + 1);
    return number === 0 ? snake : `${snake}_${number}`;
  });
}

/** `model.weights.h5` of the `.keras` v3 format, made within `folder`: its library writes files only. */
export async function kerasWeights(network: StoredNetwork, folder: PlainFolder): Promise<Uint8Array> {
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

async function writeHdf5({ layers, weights }: StoredNetwork, path: string): Promise<void> {
  const { default: h5wasm } = await import('h5wasm/node');
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'w');
  try {
    const names = groupNames(layers);
    for (const [i, { class_name, config }] of layers.entries()) {
      for (const [place, weight] of Object.entries(places[class_name] ?? {})) {
        const path = ['layers', names[i]!, ...place.split('/')];
        const { values, shape } = weights.get(`${config.name}/${weight}`)!;
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
