/** The values of one image between two layers: [height, width, channels], or [features] once it is flat. */
export type Shape = readonly number[];

/** "32×32×3", "4096". */
export const shapeText = (shape: Shape): string => shape.join('×');

export const valuesOf = (shape: Shape): number => shape.reduce((size, side) => size * side, 1);
