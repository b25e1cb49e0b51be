import { outlineOf } from '../../src/core/diagram/outline';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { analyzeNetwork } from '../../src/core/networkFile/analysis';
import { networkText } from '../../src/core/networkFile/networkText';
import { textOf } from '../../src/core/words';
import type { DiagramState } from '../../src/protocol/diagram';
import type { DiagramHost } from '../../src/protocol/diagramCalls';

const texts: Record<string, () => string> = {
  inn: () => networkText(presetNetwork('involution')),
  rednet: () => networkText(presetNetwork('rednet', { depth: 26 })),
  faulty: () =>
    networkText(presetNetwork('resnet', { depth: 26, width: 0.25 }))
      .replace('"filters": 16', '"filters": 15, "groups": 2')
      .replace('"kind": "max-pool", "size": 3', '"kind": "max-pool", "siz": 3'),
  unread: () => networkText(presetNetwork('involution')).replace('"kind": "flatten"', '"kind": "flaten"'),
  empty: () => '{ "name": "new" ',
};

/** As the extension makes it of such a text. */
export function diagramState(text: string, selected: string | null = null): DiagramState {
  const use = { images: { shape: [32, 32, 3], classes: 10 }, batchSize: 256 } as const;
  const { tree, unread, problems, total, use: checked } = analyzeNetwork(text, use);
  return {
    uri: 'file:///ws/network.involution.json',
    file: 'network.involution.json',
    images: checked.images,
    layers: outlineOf(tree),
    unread,
    problems: problems.map(({ path, words, severity }) => ({ path, text: textOf(words), severity })),
    total,
    selected,
  };
}

export function diagramStory(name: string): DiagramHost {
  return {
    ready: async () => diagramState(texts[name]!(), name === 'inn' ? 'layers[3]' : null),
    reveal: async () => {},
    save: async () => true,
  };
}
