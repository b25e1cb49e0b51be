/** Red, green and blue, 0 … 255. */
export type Rgb = readonly [number, number, number];

/** "#56B4E9", "#fff" or "rgb(1, 2, 3)" as VS Code writes its tokens; null for what is neither. */
export function parseColor(text: string): Rgb | null {
  const hex = /^#([\da-f]{3}|[\da-f]{6})([\da-f]{2})?$/i.exec(text.trim())?.[1];
  if (hex) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : hex.match(/../g)!;
    return digits.map((pair) => Number.parseInt(pair, 16)) as unknown as Rgb;
  }
  const parts = /^rgba?\(([^)]*)\)$/i
    .exec(text.trim())?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  return parts && parts.length >= 3 && parts.every(Number.isFinite)
    ? (parts.slice(0, 3) as unknown as Rgb)
    : null;
}

/** So much of `color` over `background`. */
export const mixed = (color: Rgb, background: Rgb, share: number): Rgb =>
  color.map((value, i) => value * share + background[i]! * (1 - share)) as unknown as Rgb;

/** From 1 to 21, as WCAG 2 defines it. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Of sRGB, from 0 to 1. */
export function luminance([r, g, b]: Rgb): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** An sRGB value without its gamma. */
export function linear(value: number): number {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}
