// Compiled by library.test.ts against the package's types for who requires it.
import layer = require('involution-layer');

export const args: layer.InvolutionArgs = { generator: 'gaussian', padding: 'symmetric' };
// @ts-expect-error A width is a number.
export const wrong: layer.GeneratorInput = { kind: 'gaussian', width: '1' };
export const involution: layer.Involution = new layer.Involution(args);
