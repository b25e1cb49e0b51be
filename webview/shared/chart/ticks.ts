/** An axis has no fewer labels, whatever its range and size. */
const fewest = 3;

/** Round steps of a decade: what people count by, and what else there is where that gives too few. */
const usualSteps = [1, 2, 5, 10];
const roundSteps = [8, 6, 5, 4, 3, 2.5, 2, 1];

/**
 * Round values inside [min, max], at most about `target`, but at least three: multiples of 1, 2 or 5 times a power of ten,
 * or of another round step where those would be fewer.
 */
export function linearTicks(min: number, max: number, target: number): number[] {
  if (!(max > min)) return [min];
  const rough = (max - min) / Math.max(1, target);
  let power = 10 ** Math.floor(Math.log10(rough));
  const step = (usualSteps.find((m) => m * power >= rough * 0.999) ?? 10) * power;
  for (let ticks = multiples(min, max, step); ; power /= 10) {
    if (ticks.length >= fewest) return ticks;
    for (const m of roundSteps) {
      ticks = multiples(min, max, m * power);
      if (ticks.length >= fewest) return ticks;
    }
  }
}

function multiples(min: number, max: number, step: number): number[] {
  const ticks: number[] = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * Powers of ten inside [min, max], with their doubles and fives where there is room for them, and of those each second or
 * third where there is little; where no three of them are inside, what a linear axis would have.
 */
export function logTicks(min: number, max: number, target: number): number[] {
  if (!(min > 0) || !(max > min)) return [];
  const [all, powers] = [decades(min, max, [1, 2, 5]), decades(min, max, [1])];
  const choices = [all, powers, everyNth(all, 3), everyNth(powers, 2), everyNth(powers, 3)]
    .filter((ticks) => ticks.length >= fewest)
    .sort((a, b) => b.length - a.length);
  const fitting = choices.find((ticks) => ticks.length <= target);
  return fitting ?? choices.at(-1) ?? linearTicks(min, max, Math.min(target, 4));
}

function decades(min: number, max: number, factors: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let e = Math.floor(Math.log10(min)); e <= Math.ceil(Math.log10(max)); e++) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** e).toPrecision(12));
      if (value >= min * 0.999999 && value <= max * 1.000001) ticks.push(value);
    }
  }
  return ticks;
}

const everyNth = (ticks: readonly number[], n: number) => ticks.filter((_, i) => i % n === 0);
