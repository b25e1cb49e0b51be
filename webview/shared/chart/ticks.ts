/** At most about `target` round values inside [min, max]: multiples of 1, 2 or 5 times a power of ten. */
export function linearTicks(min: number, max: number, target: number): number[] {
  if (!(max > min)) return [min];
  const rough = (max - min) / Math.max(1, target);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

/** Powers of ten inside [min, max]; with fewer than three of them, their doubles and fives as well. */
export function logTicks(min: number, max: number): number[] {
  if (!(min > 0) || !(max > min)) return [];
  const decades = Math.log10(max / min);
  const factors = decades < 3 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let e = Math.floor(Math.log10(min)); e <= Math.ceil(Math.log10(max)); e++) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** e).toPrecision(12));
      if (value >= min * 0.999999 && value <= max * 1.000001) ticks.push(value);
    }
  }
  return ticks;
}
