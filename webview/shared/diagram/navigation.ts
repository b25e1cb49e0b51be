import type { DiagramBox } from '../../../src/core/diagram/layout';

/** The box that a key leads to from another; undefined where there is none, or the key leads nowhere. */
export function boxByKey(
  boxes: readonly DiagramBox[],
  from: DiagramBox | undefined,
  key: string,
): DiagramBox | undefined {
  const place = from ? boxes.indexOf(from) : -1;
  switch (key) {
    case 'ArrowDown':
      return boxes[place + 1];
    case 'ArrowUp':
      return boxes[place === -1 ? boxes.length - 1 : place - 1];
    case 'Home':
      return boxes[0];
    case 'End':
      return boxes.at(-1);
    case 'ArrowRight':
      return from && beside(boxes, from, 1);
    case 'ArrowLeft':
      return from && beside(boxes, from, -1);
    default:
      return undefined;
  }
}

/** The nearest one of another column, on that side. */
function beside(boxes: readonly DiagramBox[], from: DiagramBox, side: 1 | -1): DiagramBox | undefined {
  const centre = ({ x, width }: DiagramBox) => x + width / 2;
  const distance = (box: DiagramBox) =>
    Math.hypot(centre(box) - centre(from), box.y + box.height / 2 - from.y - from.height / 2);
  return boxes
    .filter((box) => side * (centre(box) - centre(from)) > 1)
    .toSorted((a, b) => distance(a) - distance(b))[0];
}
