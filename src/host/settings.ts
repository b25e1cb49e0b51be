import * as v from 'valibot';
import * as vscode from 'vscode';
import { engineNames } from '../core/runs/spec';

export const settingsSection = 'involutionLab';
export const defaultRunsFolder = '.involution/runs';

/** A settings file is written by hand: a value that can't be right counts as not set. */
const Settings = v.object({
  engine: v.fallback(v.picklist(['auto', ...engineNames]), 'auto'),
  resumeAfterReload: v.fallback(v.picklist(['automatic', 'ask', 'never']), 'automatic'),
  notifyWhenDone: v.fallback(v.boolean(), true),
  runsFolder: v.fallback(v.pipe(v.string(), v.trim(), v.nonEmpty()), defaultRunsFolder),
  smoothing: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), 0.8),
  colorMap: v.fallback(v.picklist(['viridis', 'diverging']), 'viridis'),
  nodePath: v.fallback(v.pipe(v.string(), v.trim()), ''),
});
export type Settings = v.InferOutput<typeof Settings>;

export function readSettings(): Settings {
  const stored = vscode.workspace.getConfiguration(settingsSection);
  return v.parse(Settings, {
    engine: stored.get('engine'),
    resumeAfterReload: stored.get('resumeAfterReload'),
    notifyWhenDone: stored.get('notifyWhenDone'),
    runsFolder: stored.get('runsFolder'),
    smoothing: stored.get('charts.smoothing'),
    colorMap: stored.get('kernels.colorMap'),
    nodePath: stored.get('nodePath'),
  });
}
