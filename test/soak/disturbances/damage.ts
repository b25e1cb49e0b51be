import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelId } from '../../../src/core/network/model';
import { checkpointFiles } from '../../../src/core/runs/layout';
import { listCheckpoints, readCheckpoint, type StoredCheckpoint } from '../../../src/node/runs/checkpoints';
import { eventsOf } from '../invariants';
import type { Scene } from '../scene';
import type { Disturbance } from './disturbance';

type Damage = (content: Buffer, scene: Scene) => Buffer | null;

/** What may become of a file; null: it is gone. */
const damages: Record<string, Damage> = {
  'a flipped bit': (content, { random }) => {
    const damaged = Buffer.from(content);
    damaged[random.below(content.length)]! ^= 1 << random.below(8);
    return damaged;
  },
  'the end cut off': (content, { random }) => content.subarray(0, random.below(content.length)),
  nothing: () => Buffer.alloc(0),
  rubbish: () => Buffer.from('{"cursor": 7}'),
  'no file': () => null,
};

/** The newest checkpoint is damaged: the one before it is used, or, where there is none, the resume is refused. */
export const damagedCheckpoint: Disturbance = {
  name: 'damaged checkpoint',
  weight: 4,
  async apply(scene) {
    const run = await scene.unfinishedRun();
    const model = scene.oneOf(scene.spec.models);
    const newest = run ? (await listCheckpoints(run, model)).at(-1) : undefined;
    if (!run || !newest) return 'nothing to damage yet';
    // What is over needs no optimizer any more.
    const files = (await hasEnded(run, model))
      ? ['model.json', 'weights.bin']
      : Object.values(checkpointFiles);
    const file = scene.oneOf(files);
    const damage = scene.oneOf(Object.keys(damages));
    const path = join(newest.folder, file);
    const content = await readFile(path);
    const damaged = damages[damage]!(content, scene);
    if (damaged) await writeFile(path, damaged);
    else await rm(path);
    const isHarmless = damaged?.equals(content) || (await isUsable(newest));
    const hasOther = await hasUsable(run, model);
    const command = scene.resume(run);
    const exit = hasOther ? await scene.stopped(command) : await scene.ended(command, 1);
    if (!hasOther) {
      scene.says(command, /The [\w-]+ model in .* can't be trained on from any checkpoint: /);
      await writeFile(path, content);
    } else if (!isHarmless) scene.says(command, /(is damaged|is missing|can't be read)/);
    return `${newest.name}/${file}: ${damage} → ${exit}`;
  },
};

/** What a power cut leaves: half a line, temporary files, the lock of who is no more. */
export const litter: Disturbance = {
  name: 'litter of a crash',
  weight: 2,
  async apply(scene) {
    const run = await scene.unfinishedRun();
    if (!run) return 'came to its end before';
    await appendFile(join(run, 'events.jsonl'), '{"type":"batch","time":17640');
    const temporary = () => `.involution-${randomUUID()}.tmp`;
    await writeFile(join(run, temporary()), 'half');
    for (const folder of [scene.runsFolder, join(run, scene.spec.models[0]!)]) {
      const half = join(folder, temporary());
      await mkdir(half, { recursive: true });
      await writeFile(join(half, 'weights.bin'), 'half');
    }
    return 'half a line, temporary files and folders';
  },
};

/** Nobody can say whose it was: it counts once there was no sign of life for half a minute. */
export const damagedLock: Disturbance = {
  name: 'damaged lock',
  weight: 1,
  async apply(scene) {
    const run = await scene.unfinishedRun();
    if (!run) return 'came to its end before';
    const content = scene.oneOf(['', '{', '\0'.repeat(200), '{"pid":1}']);
    await writeFile(join(run, 'lock'), content);
    const command = scene.resume(run);
    const exit = await scene.stopped(command);
    scene.says(command, /Looking for a sign of life/);
    return `lock: ${JSON.stringify(content.slice(0, 10))} → ${exit}`;
  },
};

async function hasEnded(run: string, model: ModelId): Promise<boolean> {
  return (await eventsOf(run)).some((event) => event.type === 'modelEnd' && event.model === model);
}

const isUsable = (stored: StoredCheckpoint) =>
  readCheckpoint(stored).then(
    () => true,
    () => false,
  );

async function hasUsable(run: string, model: ModelId): Promise<boolean> {
  for (const stored of await listCheckpoints(run, model)) if (await isUsable(stored)) return true;
  return false;
}
