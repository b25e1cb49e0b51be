import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** Kernels of ours in the place of tfjs-node's, or where it has none, until `restore`. */
export class KernelReplacements {
  readonly #replaced = new Map<string, KernelFunc | undefined>();

  /** @param make gets tfjs-node's kernel, for arguments that ours is not made for */
  replace(kernelName: string, make: (stock: KernelFunc) => KernelFunc): void {
    const stock = getKernel(kernelName, 'tensorflow')?.kernelFunc;
    const missing = () => {
      throw new Error(`tfjs-node has no kernel "${kernelName}".`);
    };
    if (!this.#replaced.has(kernelName)) this.#replaced.set(kernelName, stock);
    setKernel(kernelName, make(stock ?? missing));
  }

  restore(): void {
    for (const [name, stock] of this.#replaced) setKernel(name, stock);
    this.#replaced.clear();
  }
}

function setKernel(kernelName: string, kernelFunc: KernelFunc | undefined): void {
  if (getKernel(kernelName, 'tensorflow')) unregisterKernel(kernelName, 'tensorflow');
  if (kernelFunc) registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
}
