import { realpathSync } from 'node:fs';
import { installTensorFlow } from '../../../src/engines/tensorflow/install';
import {
  checkTensorFlow,
  type Installation,
  readInstallation,
  tensorFlowFolder,
} from '../../../src/engines/tensorflow/installation';
import { ensureDebianPackages } from '../../workbench/debian';
import { ensureKeras } from './keras';

/** The tensorflow engine, linked to the TensorFlow that Keras runs on. */
export async function ensureTensorFlow(): Promise<void> {
  const { tensorFlow } = ensureKeras();
  const installation = installed();
  if (installation?.libtensorflow && realpathSync(installation.libtensorflow) === realpathSync(tensorFlow)) {
    const works = await checkTensorFlow(tensorFlowFolder(), installation).then(
      () => true,
      () => false,
    );
    if (works) return;
  }
  ensureDebianPackages(['g++', 'make', 'python3'], 'Compiling the binding to TensorFlow');
  console.log(`Linking the tensorflow engine to ${tensorFlow}`);
  await installTensorFlow({ libtensorflow: tensorFlow });
}

function installed(): Installation | null {
  try {
    return readInstallation();
  } catch {
    return null;
  }
}
