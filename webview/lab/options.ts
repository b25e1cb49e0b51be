import * as v from 'valibot';
import type { LabPreferences } from '../../src/protocol/lab';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const flag = (fallback: boolean) => v.fallback(v.boolean(), fallback);

/** How a panel draws what it shows. Kept with the panel; anything unreadable falls back to what a fresh one has. */
const schema = (preferences: LabPreferences) =>
  v.object({
    axis: v.fallback(v.picklist(['batch', 'epoch']), 'batch'),
    layout: v.fallback(v.picklist(['overlaid', 'side-by-side']), 'overlaid'),
    smoothing: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), preferences.smoothing),
    logX: flag(false),
    logY: flag(false),
    lastValues: flag(false),
    comparison: v.fallback(v.picklist(['linear', 'log']), 'log'),
    colorMap: v.fallback(v.picklist(['viridis', 'diverging']), preferences.colorMap),
    scale: v.fallback(v.picklist(['image', 'fixed']), 'image'),
    /** Half the width of the fixed scale: values from −limit to +limit. Null: taken from the first maps shown. */
    limit: v.fallback(v.nullable(v.pipe(v.number(), v.gtValue(0))), null),
    resolution: v.fallback(v.picklist(['fit', 'native']), 'fit'),
    overlay: flag(false),
    opacity: v.fallback(share, 0.6),
  });

export type Options = v.InferOutput<ReturnType<typeof schema>>;

export function optionsFrom(state: unknown, preferences: LabPreferences): Options {
  const kept = typeof state === 'object' && state !== null && 'options' in state ? state.options : {};
  return v.parse(schema(preferences), kept ?? {});
}
