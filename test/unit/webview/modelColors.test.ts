import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { contrast, linear, parseColor, type Rgb } from '../../../webview/shared/contrast';

type Kind = 'dark' | 'light' | 'highContrast' | 'highContrastLight';
type Linear = readonly [number, number, number];

/** What the colours stand on: editors and side bars of VS Code's own themes, and of widespread ones. */
const backgrounds: Record<Kind, string[]> = {
  dark: ['#1f1f1f', '#181818', '#1e1e1e', '#252526', '#282c34'],
  light: ['#ffffff', '#f8f8f8', '#f3f3f3'],
  highContrast: ['#000000'],
  highContrastLight: ['#ffffff'],
};

/**
 * WCAG 2.2 asks for 3 between graphics and their ground, and 4.5 where more contrast is wanted. A difference of 7 in
 * CIELAB's lightness is seen between lines in greyscale. A distance of 2.3 is just noticeable; ten times as much tells
 * colours apart in thin lines.
 */
const least = { contrast: 3, highContrast: 4.5, lightness: 7, distance: 23 };

/** Machado, Oliveira and Fernandes 2009, severity 1: linear RGB to linear RGB. */
const sights: Record<string, readonly Linear[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function seen(color: Rgb, sight: readonly Linear[]): Linear {
  const [r, g, b] = color.map(linear) as [number, number, number];
  return sight.map(([x, y, z]) => Math.min(1, Math.max(0, x * r + y * g + z * b))) as unknown as Linear;
}

/** CIELAB of linear sRGB, white D65. */
function lab([r, g, b]: Linear): readonly [lightness: number, a: number, b: number] {
  const f = (t: number) => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const { colors } = manifest.contributes;
const colorsOf = (kind: Kind): Rgb[] => colors.map(({ defaults }) => parseColor(defaults[kind])!);
const pairs = <T>(all: readonly T[]): [T, T][] =>
  all.flatMap((a, i) => all.slice(i + 1).map((b): [T, T] => [a, b]));

describe('the six colours of models', () => {
  it('are contributed in the order of their places', () => {
    expect(colors.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `involutionLab.model${n}`));
  });

  it('are measured rightly: known values of CIELAB and of WCAG', () => {
    expect(
      lab(seen([255, 255, 255], sights.normal!)).map((v) => v.toFixed(1).replace('-0.0', '0.0')),
    ).toEqual([...['100.0', '0.0', '0.0']]);
    const [l, a, b] = lab(seen([255, 0, 0], sights.normal!));
    expect([l.toFixed(2), a.toFixed(2), b.toFixed(2)]).toEqual(['53.24', '80.09', '67.20']);
    expect(contrast([0, 0, 0], [255, 255, 255])).toBe(21);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  });

  describe.each(Object.keys(backgrounds) as Kind[])('in a %s theme', (kind) => {
    it('stand out from their ground', () => {
      const needed = kind.startsWith('high') ? least.highContrast : least.contrast;
      for (const color of colorsOf(kind))
        for (const ground of backgrounds[kind])
          expect(contrast(color, parseColor(ground)!), `${color} on ${ground}`).toBeGreaterThanOrEqual(
            needed,
          );
    });

    it('differ in lightness: in greyscale, too, no two are alike', () => {
      const shades = colorsOf(kind).map((color) => lab(seen(color, sights.normal!))[0]);
      for (const [a, b] of pairs(shades)) expect(Math.abs(a - b)).toBeGreaterThanOrEqual(least.lightness);
    });

    it.each(Object.keys(sights))('are told apart with %s sight', (sight) => {
      const points = colorsOf(kind).map((color) => lab(seen(color, sights[sight]!)));
      for (const [a, b] of pairs(points))
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThanOrEqual(least.distance);
    });
  });
});

describe('the colour of a token', () => {
  it('is read however VS Code writes it', () => {
    expect(parseColor('#56B4E9')).toEqual([0x56, 0xb4, 0xe9]);
    expect(parseColor(' #fff ')).toEqual([255, 255, 255]);
    expect(parseColor('#2489db82')).toEqual([0x24, 0x89, 0xdb]);
    expect(parseColor('rgba(255, 255, 255, 0.7)')).toEqual([255, 255, 255]);
    expect(parseColor('var(--vscode-foreground)')).toBeNull();
  });
});
