import type { Figure, Shape } from './figure';

/** The figure as a stand-alone SVG document. */
export function svgOf({ width, height, fontFamily, shapes }: Figure): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(fontFamily)}">`,
    ...shapes.map(element),
    '</svg>',
    '',
  ].join('\n');
}

function element(shape: Shape): string {
  switch (shape.kind) {
    case 'rect':
      return `<rect x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}" fill="${escaped(shape.fill)}"/>`;
    case 'polyline':
      return [
        `<path d="${path(shape.points)}" fill="none" stroke="${escaped(shape.stroke)}" stroke-width="${shape.width}"`,
        shape.dash.length > 0 ? ` stroke-dasharray="${shape.dash.join(' ')}"` : '',
        shape.opacity < 1 ? ` stroke-opacity="${shape.opacity}"` : '',
        ' stroke-linejoin="round"/>',
      ].join('');
    case 'text':
      return [
        `<text x="${round(shape.x)}" y="${round(shape.y)}" fill="${escaped(shape.fill)}" font-size="${shape.size}"`,
        shape.anchor === 'start' ? '' : ` text-anchor="${shape.anchor}"`,
        shape.bold ? ' font-weight="600"' : '',
        `>${escaped(shape.text)}</text>`,
      ].join('');
  }
}

function path(points: readonly number[]): string {
  let d = '';
  let down = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    if (Number.isNaN(x) || Number.isNaN(y)) {
      down = false;
      continue;
    }
    d += `${down ? 'L' : 'M'}${round(x)} ${round(y)}`;
    down = true;
  }
  return d;
}

const round = (value: number) => String(Math.round(value * 100) / 100);

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
