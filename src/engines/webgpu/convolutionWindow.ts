import type { backend_util } from '@tensorflow/tfjs-core';

/**
 * A convolution's geometry as its shaders have it: what the filter decides as constants, of which there is a shader each,
 * and the sizes of images as integers, so that one shader serves them all.
 */
export function convolutionWindow(info: backend_util.Conv2DInfo) {
  const constants = Object.entries({
    ...{ KW: info.filterWidth, C: info.inChannels, D: info.outChannels },
    ...{ SH: info.strideHeight, SW: info.strideWidth },
  });
  return {
    key: constants.map(([, value]) => value).join(' '),
    constants: constants.map(([name, value]) => `const ${name} = ${value};`).join(' '),
    integers: {
      ...{ height: info.inHeight, width: info.inWidth, outHeight: info.outHeight, outWidth: info.outWidth },
      ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left },
    },
  };
}
