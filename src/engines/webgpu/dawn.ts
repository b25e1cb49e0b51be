/** Dawn forgets its devices when this goes. */
let instance: GPU | undefined;

/**
 * Starts Dawn, Chrome's WebGPU, and gives it to TF.js as a browser would: as `navigator.gpu` and the interfaces'
 * constructors.
 */
export async function startDawn(): Promise<void> {
  if (instance) return;
  const dawn = await import('webgpu');
  instance = dawn.create([]);
  Object.assign(globalThis, dawn.globals);
  // Node 21 and later have a navigator, and no way to assign to it.
  const navigator = (globalThis as { navigator?: object }).navigator ?? {};
  Object.defineProperty(navigator, 'gpu', { value: instance, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}
