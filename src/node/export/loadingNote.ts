import { unknownToTensorFlow } from '../../core/network/ownLayers';
import type { RunManifest } from '../../core/runs/manifest';
import { storedLayers } from './storedNetwork';

/** The npm package of src/library. */
const libraryPackage = 'involution-layer';

interface Exported {
  /** `model.json`. */
  readonly topology: string;
  readonly epoch: number;
  readonly data: Pick<RunManifest['data'], 'classes' | 'imageShape'>;
}

/** How a program loads a network in the TF.js layers format, and what goes in and comes out: Markdown to lie beside it. */
export function loadingNote({ topology, epoch, data: { classes, imageShape } }: Exported): string {
  const layers = new Set(storedLayers(topology).map((layer) => layer.class_name));
  const unknown = unknownToTensorFlow.filter((name) => layers.has(name));
  const packages = ['@tensorflow/tfjs', ...(unknown.length > 0 ? [libraryPackage] : [])];
  const reason =
    unknown.length > 0
      ? `, and \`${libraryPackage}\` the layers that it does not have (${unknown.join(', ')})`
      : '; nothing else is needed';
  return `# Loading this network

TensorFlow.js (4.20 or later) loads \`model.json\` and \`weights.bin\`${reason}:

\`\`\`
npm install ${packages.join(' ')}
\`\`\`

\`\`\`js
import * as tf from '@tensorflow/tfjs';
${unknown.length > 0 ? `import '${libraryPackage}';\n` : ''}
const network = await tf.loadLayersModel('https://example.org/model.json');
const probabilities = tf.softmax(network.predict(images));
\`\`\`

The address is where you serve this folder; in Node.js, \`@tensorflow/tfjs-node\` in the place of \`@tensorflow/tfjs\` also
takes \`file:///…/model.json\`. \`images\` are floats from 0 to 1, [batch, ${imageShape.join(', ')}]; the network gives logits,
[batch, ${classes.length}], of the classes

\`\`\`json
${JSON.stringify(classes)}
\`\`\`

These are its weights after epoch ${epoch}.
`;
}
