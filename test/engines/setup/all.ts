/** Gets what test/engines/*.test.ts need; quick when it is all there. Run it with tsx. */
import { ensureSwiftShader } from './swiftShader';
import { ensureTensorFlow } from './tensorFlow';

await ensureTensorFlow();
ensureSwiftShader();
