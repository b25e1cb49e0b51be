import type { EngineName } from '../core/runs/spec';

/** Starts the program anew where the engine may be TensorFlow, which wants an environment of its own from the start. */
export async function relaunchIfTensorFlow(engine: EngineName | 'auto' = 'auto'): Promise<void> {
  if (engine !== 'tensorflow' && engine !== 'auto') return;
  const [{ readInstallation }, { relaunchForTensorFlow }] = await Promise.all([
    import('../engines/tensorflow/installation'),
    import('../engines/tensorflow/environment'),
  ]);
  try {
    readInstallation();
  } catch {
    // Whoever starts the engine says what is wrong with it.
    return;
  }
  await relaunchForTensorFlow();
}
