import type { Figure } from './figure';

/** The figure as a PNG file, `density` pixels a unit. */
export async function pngOf(figure: Figure, density = 2): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(figure.width * density, figure.height * density);
  const context = canvas.getContext('2d')!;
  context.scale(density, density);
  draw(context, figure);
  return pngBytes(canvas);
}

export async function pngBytes(canvas: OffscreenCanvas): Promise<Uint8Array> {
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

function draw(context: OffscreenCanvasRenderingContext2D, { shapes, fontFamily }: Figure): void {
  context.lineJoin = 'round';
  for (const shape of shapes) {
    switch (shape.kind) {
      case 'rect':
        context.fillStyle = shape.fill;
        context.fillRect(shape.x, shape.y, shape.width, shape.height);
        break;
      case 'polyline':
        context.strokeStyle = shape.stroke;
        context.lineWidth = shape.width;
        context.globalAlpha = shape.opacity;
        context.setLineDash([...shape.dash]);
        tracePath(context, shape.points);
        context.stroke();
        context.globalAlpha = 1;
        break;
      case 'text':
        context.fillStyle = shape.fill;
        context.font = `${shape.bold ? '600 ' : ''}${shape.size}px ${fontFamily}`;
        context.textAlign = ({ start: 'left', middle: 'center', end: 'right' } as const)[shape.anchor];
        context.fillText(shape.text, shape.x, shape.y);
        break;
    }
  }
}

function tracePath(context: OffscreenCanvasRenderingContext2D, points: readonly number[]): void {
  context.beginPath();
  let down = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    const drawable = !Number.isNaN(x) && !Number.isNaN(y);
    if (drawable && down) context.lineTo(x, y);
    else if (drawable) context.moveTo(x, y);
    down = drawable;
  }
}
