// Draws the pixels of the sample workspace anew: `npx tsx src/tools/workbench/makeSample.ts`.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawShapes, shapesClasses, shapesImageShape } from '../../core/data/shapes';

const sample = 'src/tools/workbench/sample';
const perClass = 24;
const [height, width, channels] = shapesImageShape;

await sharp(join(sample, 'pictures', 'sailboat.svg'))
  .resize(512)
  .jpeg({ quality: 88 })
  .toFile(join(sample, 'pictures', 'sailboat.jpg'));

const folder = join(sample, 'shapes');
rmSync(folder, { recursive: true, force: true });
const { images, labels, count } = drawShapes(
  { train: perClass * shapesClasses.length, validation: 0 },
  1,
).train;
const bytes = height * width * channels;
const drawn = new Map<string, number>();
for (let i = 0; i < count; i++) {
  const name = shapesClasses[labels[i]!]!;
  if (!/disc|cross/.test(name)) continue;
  const number = (drawn.get(name) ?? 0) + 1;
  drawn.set(name, number);
  mkdirSync(join(folder, name), { recursive: true });
  await sharp(images.subarray(i * bytes, (i + 1) * bytes), {
    raw: { width, height, channels: channels as 3 },
  })
    .png()
    .toFile(join(folder, name, `${String(number).padStart(2, '0')}.png`));
}
