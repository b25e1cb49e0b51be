require('@tensorflow/tfjs-backend-cpu');
const { involutionNet } = require('involution-lab');
const layers = involutionNet().layers.map((layer) => layer.name);
console.log(JSON.stringify(layers));
