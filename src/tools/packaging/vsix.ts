// Packages the extension: `npm run package [-- platform…]`; without a name, for this machine; `all` for every platform.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkSizes } from './budget';
import { currentPlatform, type Platform, platforms } from './platforms';
import { stage } from './stage';

const words = process.argv.slice(2);
const wanted = words.includes('all')
  ? (Object.keys(platforms) as Platform[])
  : words.length > 0
    ? (words as Platform[])
    : [currentPlatform()];
const unknown = wanted.find((name) => !(name in platforms));
if (unknown)
  throw new Error(`No platform "${unknown}"; there are ${Object.keys(platforms).join(', ')} and all.`);

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
mkdirSync('out', { recursive: true });
for (const platform of wanted) {
  const file = resolve('out', `involution-lab-${version}-${platform}.vsix`);
  execFileSync(
    process.execPath,
    [
      resolve('node_modules/@vscode/vsce/vsce'),
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--target',
      platform,
      '--out',
      file,
    ],
    { cwd: stage(platform), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  console.log(`${file}: ${(statSync(file).size / 2 ** 20).toFixed(1)} MB`);
  checkSizes(platform, file);
}
