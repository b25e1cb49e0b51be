import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertSame } from '../../src/cli/bench/peerReference';
import { writeReference } from '../../src/cli/bench/reference';
import {
  type LayerSubject,
  layerSubject,
  type NetworkSubject,
  networkSubject,
  type Ready,
} from '../../src/cli/bench/subject';
import { generatorNames } from '../../src/core/involution/generators/generatorKinds';
import { footprint } from '../../src/core/network/footprint';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { ensurePyTorch } from '../../src/tools/setup/pyTorch';
import { networkCases } from './networkCases';

const networks = networkCases.map(({ title, network, inputShape }, i) => ({
  title,
  subject: networkSubject(
    // Every other one: both passes are tried, and each takes its time in Keras.
    i % 2 === 0 ? 'training' : 'inference',
    { id: 'model', title, origin: null, network },
    { inputShape, classes: 5 },
    3,
  ),
  parameters: footprint(network, inputShape, 5).parameters,
}));
const layers = generatorNames.map((generator) => ({
  title: `the layer alone, ${generator}`,
  subject: layerSubject(generator, { batch: 2, size: 7, channels: 8, kernelSize: 3, groups: 2 }),
}));

/** Makes one subject after another, and does a step where it is told to, as __main__.py does. */
const script = `
import json, sys
sys.path.insert(0, "src/cli/bench/peer")
subjects = __import__(f"{sys.argv[1]}_subjects").subjects
for line in sys.stdin:
    subject = json.loads(line)
    ready, step = subjects[subject.pop("kind")](**subject)
    if sys.argv[1] == "torch":
        step(True)
    print(json.dumps(ready), flush=True)
`;

let engine: Engine;
let parts: { python: string; folder: string };
const folder = mkdtempSync(join(tmpdir(), 'involution-peers-'));
/** Of each subject: ours. */
const references: { folder: string; parameters: number }[] = [];
beforeAll(async () => {
  engine = await startEngine('cpu');
  for (const [i, { subject }] of [...networks, ...layers].entries()) {
    const own = join(folder, String(i));
    mkdirSync(own);
    references.push({ folder: own, parameters: await writeReference(subject, own) });
  }
  parts = await ensurePyTorch();
}, 1_200_000);
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function readyOf(library: string, subjects: readonly (NetworkSubject | LayerSubject)[]): Ready[] {
  const lines = subjects.map((subject, i) =>
    JSON.stringify({ ...subject, reference: references[i]!.folder }),
  );
  const output = execFileSync(parts.python, ['-B', '-c', script, library], {
    encoding: 'utf8',
    input: `${lines.join('\n')}\n`,
    maxBuffer: 2 ** 26,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', PYTHONPATH: parts.folder },
  });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

it('of each network as many values learn as its footprint says', () => {
  expect(references.slice(0, networks.length).map(({ parameters }) => parameters)).toEqual(
    networks.map(({ parameters }) => parameters),
  );
});

describe.each([
  ['keras', networks],
  ['torch', [...networks, ...layers]],
] as const)('the peer %s', (library, cases) => {
  let ready: Ready[];
  beforeAll(() => {
    ready = readyOf(
      library,
      cases.map(({ subject }) => subject),
    );
  }, 1_200_000);

  it.each(cases.map(({ title }, i) => ({ title, i })))(
    'makes $title with as many parameters, and the same output for the same weights',
    ({ i }) => {
      expect(ready[i]).toMatchObject({ parameters: references[i]!.parameters });
      expect(ready[i]!.difference).toBeLessThan(1e-4);
      assertSame(ready[i]!, references[i]!);
    },
  );
});
