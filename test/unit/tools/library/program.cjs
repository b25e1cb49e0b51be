// A program of the older kind, which looks at what the package does to TF.js; library.test.ts runs it.
require('@tensorflow/tfjs-backend-cpu');
const { serialization } = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-layers');

const classes = () =>
  Object.fromEntries(
    Object.entries(serialization.SerializationMap.getMap().classNameMap).map(([name, [layer]]) => [
      name,
      layer,
    ]),
  );
const before = classes();
const { convolutionNet, involutionNet } = require('involution-layer');
const layers = [involutionNet(), convolutionNet()].map((network) => network.layers.map(({ name }) => name));
const changed = Object.entries(classes()).flatMap(([name, layer]) => (before[name] === layer ? [] : [name]));
console.log(JSON.stringify({ layers, changed }));
