import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../src/core/network/build';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { exampleModels } from '../../src/core/runs/spec';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { kerasArchive } from '../../src/node/export/keras';
import { safetensorsFile } from '../../src/node/export/safetensors';
import { storedNetwork } from '../../src/node/export/storedNetwork';
import { PlainFolder } from '../../src/node/files/plainFolder';
import { modelFiles } from '../../src/node/runs/modelFiles';
import { ensureKeras } from '../../src/tools/setup/keras';

const images = Float32Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => ((i * 7919) % 256) / 255);
const script = `
import sys, json, numpy, keras
sys.path.insert(0, sys.argv[1])
import involution_layer
x = ((numpy.arange(2 * 32 * 32 * 3) * 7919) % 256 / 255).astype("float32").reshape(2, 32, 32, 3)
print(json.dumps(keras.models.load_model(sys.argv[2])(x).numpy().tolist()))
`;

describe.each(exampleModels)('the exported %s network', (model) => {
  const folder = mkdtempSync(join(tmpdir(), 'involution-export-'));
  let engine: Engine;
  let artifacts: io.ModelArtifacts;
  let logits: number[][];
  beforeAll(async () => {
    engine = await startEngine('cpu');
    const network = buildNetwork(presetNetwork(model), { inputShape: [32, 32, 3], classes: 10, seed: 3 });
    const x = tensor(images, [2, 32, 32, 3]);
    logits = (await (network.predict(x) as Tensor).array()) as number[][];
    await network.save({
      save: async (saved) => {
        artifacts = saved;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      },
    });
    mkdirSync(folder, { recursive: true });
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const stored = () => {
    const { topology, weights } = modelFiles(artifacts);
    return storedNetwork(topology, weights);
  };

  it('gives the same logits in real Keras', async () => {
    const file = join(folder, `${model}.keras`);
    writeFileSync(file, await kerasArchive(stored(), [32, 32, 3], new PlainFolder(folder)));
    const { python } = await ensureKeras();
    const output = execFileSync(python, ['-c', script, 'src/node/export', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    const fromKeras = JSON.parse(output.trim().split('\n').at(-1)!) as number[][];
    for (const [i, row] of logits.entries())
      for (const [c, value] of row.entries()) expect(fromKeras[i]![c]).toBeCloseTo(value, 4);
  });

  it('has every weight in its safetensors file, at the offset that its header gives', () => {
    const file = Buffer.from(safetensorsFile(stored(), { model }));
    const length = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, 8 + length).toString('utf8'));
    expect(length % 8).toBe(0);
    expect(header.__metadata__).toEqual({ model });
    const { weights } = stored();
    expect(Object.keys(header).length - 1).toBe(weights.size);
    for (const { name, shape, values } of weights.values()) {
      const [begin, end] = header[name].data_offsets;
      const found = new Float32Array(
        new Uint8Array(file.subarray(8 + length + begin, 8 + length + end)).buffer,
      );
      expect(header[name]).toMatchObject({ dtype: 'F32', shape });
      expect(found).toEqual(values);
    }
  });
});
