/** The value below which this share (0…1) of the values lies, between the nearest two. */
export function quantile(values: readonly number[], share: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  const position = share * (ascending.length - 1);
  const [below, above] = [ascending[Math.floor(position)]!, ascending[Math.ceil(position)]!];
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** How far apart the middle half of the values lies. */
export const spread = (values: readonly number[]) => quantile(values, 0.75) - quantile(values, 0.25);
