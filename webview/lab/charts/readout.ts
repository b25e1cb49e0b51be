import type { ModelId } from '../../../src/core/network/model';
import type { SplitName } from '../../../src/protocol/lab';
import { type Line, lastValue, nearestPoint } from '../../shared/chart/lines';
import { modelKey } from './visible';

/** The values of one model of one run at one place of the x axis. */
export interface Reading {
  readonly key: string;
  readonly run: string;
  readonly model: ModelId;
  readonly color: string;
  readonly dashes: Partial<Record<SplitName, readonly number[]>>;
  readonly values: Partial<Record<SplitName, number | null>>;
  /** Of training before smoothing, where there is smoothing. */
  raw?: number | null;
}

/** What the lines say at x; with null, their last values. */
export function readingsAt(lines: readonly Line[], x: number | null): Reading[] {
  const readings = new Map<string, Reading>();
  for (const line of lines) {
    const key = modelKey(line);
    const { run, model, color } = line;
    const reading: Reading = readings.get(key) ?? { key, run, model, color, dashes: {}, values: {} };
    readings.set(key, reading);
    if (line.faint) {
      reading.raw = valueAt(line, x);
      continue;
    }
    reading.values[line.split] = valueAt(line, x);
    reading.dashes[line.split] = line.dash;
  }
  return [...readings.values()];
}

function valueAt({ x: xs, y }: Line, x: number | null): number | null {
  if (x === null) return lastValue(y);
  const i = nearestPoint(xs, y, x);
  return i < 0 ? null : y[i]!;
}
