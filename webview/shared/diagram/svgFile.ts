/** What the theme and the style sheet decide, as attributes that any program reads. */
const attributes = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const;

/** A drawing as it stands on the page, as a file of its own, on this background. */
export function svgFile(svg: SVGSVGElement, background: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  for (const [i, element] of copies.entries()) {
    const style = getComputedStyle(originals[i]!);
    for (const name of ['class', 'style', 'role', 'id', 'tabindex']) element.removeAttribute(name);
    for (const { name } of [...element.attributes])
      if (name.startsWith('aria-')) element.removeAttribute(name);
    for (const name of attributes) element.setAttribute(name, style.getPropertyValue(name));
  }
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: background }))
    ground.setAttribute(name, value);
  copy.prepend(ground);
  return `${new XMLSerializer().serializeToString(copy)}\n`;
}
