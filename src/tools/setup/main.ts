// Gets what the suites need that is not there yet: `node --import tsx src/tools/setup/main.ts [step…]`. A step that fails does
// not keep the others from being taken. Why each failed goes to out/results/setup.json for test/run.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { ensureChromium } from './chromium';
import { ensureCodeOss } from './codeOss';
import { ensureFonts } from './fonts';
import { ensurePyTorch } from './pyTorch';
import { SetupError } from './step.mjs';
import { ensureSwiftShader } from './swiftShader';
import { ensureTensorFlow } from './tensorFlow';

const steps: Record<string, () => Promise<unknown>> = {
  fonts: ensureFonts,
  chromium: ensureChromium,
  codeOss: ensureCodeOss,
  tensorFlow: ensureTensorFlow,
  pyTorch: ensurePyTorch,
  swiftShader: ensureSwiftShader,
};

const wanted = process.argv.slice(2);
const failed: Record<string, string> = {};
for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) {
  const begin = Date.now();
  try {
    await steps[name]!();
    console.log(`   ${name} is there (${Math.round((Date.now() - begin) / 1000)} s)`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    failed[name] = error.message;
    console.error(`   ${name} is NOT there. ${error.message.replaceAll('\n', '\n   ')}`);
  }
}
mkdirSync('out/results', { recursive: true });
writeFileSync('out/results/setup.json', `${JSON.stringify(failed, null, 2)}\n`);
