import { realpathSync } from 'node:fs';
import { EngineError } from '../../engines/engine';
import { installTensorFlow } from '../../engines/tensorflow/install';
import {
  checkTensorFlow,
  type Installation,
  readInstallation,
  tensorFlowFolder,
} from '../../engines/tensorflow/installation';
import { ensureDebianPackages } from './debian';
import { ensureKeras } from './keras';
import { SetupError } from './step.mjs';

/** The tensorflow engine, linked to the TensorFlow that Keras runs on. */
export async function ensureTensorFlow(): Promise<void> {
  const { tensorFlow } = await ensureKeras();
  const installation = installed();
  if (installation?.libtensorflow && realpathSync(installation.libtensorflow) === realpathSync(tensorFlow)) {
    const works = await checkTensorFlow(tensorFlowFolder(), installation).then(
      () => true,
      () => false,
    );
    if (works) return;
  }
  await ensureDebianPackages(['g++', 'make', 'python3'], 'compiling the binding to TensorFlow');
  console.log(`   The tensorflow engine, linked to ${tensorFlow} (under a minute)`);
  try {
    await installTensorFlow({ libtensorflow: tensorFlow });
  } catch (error) {
    throw error instanceof EngineError ? new SetupError(error.message) : error;
  }
}

function installed(): Installation | null {
  try {
    return readInstallation();
  } catch {
    return null;
  }
}
