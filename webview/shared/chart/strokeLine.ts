import type { Theme } from '../theme';
import { drawable, type Line, showsPoints } from './lines';
import { positionX, positionY, type View } from './view';

/** Radius of a point, and what is left free around a validation line, in CSS pixels. */
const pointRadius = 2;
const clearance = 1.5;

/** What a line covers beyond its points, at most; in pixels of the canvas. */
export function reach({ split }: Line, { density }: View): number {
  return Math.ceil((split === 'validation' ? 2 + pointRadius + clearance : 2) * density);
}

/** Draws of a line what can be seen between two positions on the x axis, in pixels of the canvas. */
export function strokeLine(
  context: CanvasRenderingContext2D,
  line: Line,
  view: View,
  [left, right]: readonly [left: number, right: number],
  theme: Theme,
): void {
  const { density } = view;
  const isValidation = line.split === 'validation';
  const width = (isValidation ? 2 : 1.5) + (theme.highContrast ? 0.5 : 0);
  // Dashes are counted from the line's beginning.
  const around = reach(line, view);
  const path = pathOf(line, view, line.dash.length > 0 ? -Infinity : left - around, right + around);
  const points = showsPoints(line, view.logY) ? pointsOf(line, view) : undefined;
  context.strokeStyle = context.fillStyle = theme.color(line.color);
  context.globalAlpha = line.faint ? 0.3 : 1;
  context.lineJoin = 'round';
  if (isValidation) {
    // Lifted off the batches' noise: what is below it is cut out around it.
    context.globalCompositeOperation = 'destination-out';
    context.setLineDash([]);
    context.lineWidth = (width + 2 * clearance) * density;
    context.stroke(path);
    if (points) context.stroke(points);
    context.globalCompositeOperation = 'source-over';
  }
  context.lineWidth = width * density;
  context.setLineDash(line.dash.map((length) => length * density));
  context.stroke(path);
  if (points) context.fill(points);
}

/** From the last point left of `left` to the first one right of `right`. */
function pathOf({ x, y }: Line, view: View, left: number, right: number): Path2D {
  const path = new Path2D();
  let first = x.length - 1;
  while (first > 0 && !(positionX(x[first]!, view) < left && drawable(y[first]!, view.logY))) first--;
  let isDown = false;
  for (let i = Math.max(0, first); i < x.length; i++) {
    if (!drawable(y[i]!, view.logY)) continue;
    const [px, py] = [positionX(x[i]!, view), positionY(y[i]!, view)];
    if (isDown) path.lineTo(px, py);
    else path.moveTo(px, py);
    isDown = true;
    if (px > right) break;
  }
  return path;
}

function pointsOf({ x, y }: Line, view: View): Path2D {
  const path = new Path2D();
  const radius = pointRadius * view.density;
  for (let i = 0; i < x.length; i++) {
    if (!drawable(y[i]!, view.logY)) continue;
    const [px, py] = [positionX(x[i]!, view), positionY(y[i]!, view)];
    path.moveTo(px + radius, py);
    path.arc(px, py, radius, 0, 2 * Math.PI);
  }
  return path;
}
