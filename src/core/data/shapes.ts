import { Random } from '../random';
import type { ImageShape, Split } from './dataset';

/**
 * The built-in data set: five bright shapes in two textures on dark ground, 32×32 pixels in colour, drawn from a seed.
 * Colours, size, tilt, place, light and grain are random, so that neither a pixel's value nor its position tells the
 * class: telling them apart takes edges and textures.
 */
export const shapesImageShape: ImageShape = [32, 32, 3];

const shapes = ['disc', 'square', 'triangle', 'cross', 'ring'] as const;
type Shape = (typeof shapes)[number];

/** What the built-in classes are called: names of a data set, which the hosts show in the display language. */
export const shapesClasses: readonly string[] = shapes.flatMap((shape) => [
  `plain ${shape}`,
  `striped ${shape}`,
]);

const [height, width, channels] = shapesImageShape;
const imageBytes = height * width * channels;
const trainStream = 11;
const validationStream = 12;

/** Draws both splits; `allocate` gives the memory for the pixels (shared memory, where another thread will read them). */
export function drawShapes(
  counts: { train: number; validation: number },
  seed: number,
  allocate: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): { train: Split; validation: Split } {
  return {
    train: drawSplit(counts.train, new Random(seed, trainStream), allocate),
    validation: drawSplit(counts.validation, new Random(seed, validationStream), allocate),
  };
}

/** The classes take turns: each gets its equal share, and it is the shuffle of an epoch that mixes them. */
function drawSplit(count: number, random: Random, allocate: (bytes: number) => Uint8Array): Split {
  const images = allocate(count * imageBytes);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % shapesClasses.length;
    const pixels = new Uint8ClampedArray(images.buffer, images.byteOffset + i * imageBytes, imageBytes);
    drawImage(pixels, shapes[labels[i]! >> 1]!, (labels[i]! & 1) === 1, random);
  }
  return { images, labels, count };
}

/**
 * How far a pixel strays from its colour, in grey levels to either side. On smooth surfaces a fresh involution network,
 * whose kernels often sum to less than zero, can fall silent for good; it does not on rough ones.
 */
const grain = 50;

function drawImage(pixels: Uint8ClampedArray, shape: Shape, striped: boolean, random: Random): void {
  const [groundRed, groundGreen, groundBlue] = colour(random, 0, 80);
  const [inkRed, inkGreen, inkBlue] = colour(random, 140, 255);
  const radius = random.between(8, 12);
  const centerX = (width - 1) / 2 + random.between(-3.5, 3.5);
  const centerY = (height - 1) / 2 + random.between(-3.5, 3.5);
  const tilt = random.between(-0.25, 0.25);
  const cos = Math.cos(tilt) / radius;
  const sin = Math.sin(tilt) / radius;
  const stripeAngle = random.between(-0.4, 0.4);
  const stripeFrequency = (2 * Math.PI) / random.between(3.5, 5);
  const stripeX = Math.cos(stripeAngle) * stripeFrequency;
  const stripeY = Math.sin(stripeAngle) * stripeFrequency;
  const lightX = random.between(-1, 1);
  const lightY = random.between(-1, 1);

  for (let y = 0, at = 0; y < height; y++) {
    const dy = y - centerY;
    for (let x = 0; x < width; x++) {
      const dx = x - centerX;
      const light = lightX * (x - width / 2) + lightY * (y - height / 2);
      let ink = 0;
      if (dx * dx + dy * dy < radius * radius * 1.2) {
        const distance = signedDistance(shape, cos * dx + sin * dy, cos * dy - sin * dx) * radius;
        // One pixel of soft edge; the dark stripes keep some ink, so that the outline stays visible.
        ink = distance < -0.5 ? 1 : distance > 0.5 ? 0 : 0.5 - distance;
        if (striped && Math.sin(stripeX * dx + stripeY * dy) > 0) ink *= 0.3;
      }
      const bits = random.uint32();
      const shade = light - grain;
      const scale = grain / 127.5;
      pixels[at] = groundRed + (inkRed - groundRed) * ink + shade + (bits & 255) * scale;
      pixels[at + 1] = groundGreen + (inkGreen - groundGreen) * ink + shade + ((bits >> 8) & 255) * scale;
      pixels[at + 2] = groundBlue + (inkBlue - groundBlue) * ink + shade + ((bits >> 16) & 255) * scale;
      at += channels;
    }
  }
}

function colour(
  random: Random,
  darkest: number,
  brightest: number,
): [red: number, green: number, blue: number] {
  return [
    random.between(darkest, brightest),
    random.between(darkest, brightest),
    random.between(darkest, brightest),
  ];
}

/** Distance of (u, v) from the outline, negative inside; every shape fits the unit circle. */
function signedDistance(shape: Shape, u: number, v: number): number {
  switch (shape) {
    case 'disc':
      return Math.sqrt(u * u + v * v) - 0.9;
    case 'square':
      return Math.max(Math.abs(u), Math.abs(v)) - 0.75;
    case 'triangle':
      // Point up: the base, and the two sloping sides at once.
      return Math.max(v - 0.65, (Math.abs(u) * 1.6 - v) * 0.53 - 0.5);
    case 'cross': {
      const upright = Math.max(Math.abs(u) - 0.32, Math.abs(v) - 1);
      const level = Math.max(Math.abs(v) - 0.32, Math.abs(u) - 1);
      return Math.min(upright, level);
    }
    case 'ring':
      return Math.abs(Math.sqrt(u * u + v * v) - 0.7) - 0.25;
  }
}
