import type { LayerOutline } from '../core/diagram/outline';
import type { ModelCard, ModelId } from '../core/network/model';
import type { RunCondition } from '../core/runs/lifecycle';
import type { NetworkSummary } from './worker';

export const labSections = ['charts', 'models', 'kernels', 'evaluation', 'data', 'learn'] as const;
export type LabSection = (typeof labSections)[number];

/** Of the tour, in its order. */
export const tourSteps = ['epochs', 'positions', 'pixel', 'neighbour', 'attention', 'mistakes'] as const;
export type TourStep = (typeof tourSteps)[number];

/**
 * What a lab panel shows. Also its persisted state: ids, never data. The webview keeps it with `setState`, from
 * `LabState.subject` on, and says so with `remember`; the host validates it when VS Code restores the panel.
 */
export interface LabSubject {
  readonly runs: string[];
  readonly section: LabSection;
  /** Image files under "Kernels". */
  readonly images: string[];
}

/** A panel shows no more than this: who asks for more is told. Pictures are drawn a few rows at a time. */
export const subjectLimits = { runs: 50, images: 1000 } as const;

/** A run in a header, a picker or the tree. */
export interface RunCard {
  readonly id: string;
  readonly name: string;
  readonly state: RunCondition;
  /** Who trains it, if that is not this window: "process 4711", of another window or a terminal. Null otherwise. */
  readonly elsewhere: string | null;
  /** In the order of their colours. */
  readonly models: readonly ModelCard[];
  readonly dataName: string;
  readonly seed: number;
  readonly epochs: number;
  readonly engine: string;
  readonly created: string;
  readonly seconds: number;
  readonly bestAccuracy: Readonly<Record<ModelId, number>>;
}

export type Metric = 'loss' | 'accuracy';
export type SplitName = 'train' | 'validation';
export type StepAxis = 'batch' | 'epoch';

/**
 * What the charts ask for: every series of these runs over [from, to] of the axis, thinned for `width` pixels; with a
 * null width, every point (for an export). Of what is known only the end is sent again, from where it may have changed.
 */
export interface SeriesRequest {
  readonly runs: string[];
  readonly metrics: readonly Metric[];
  readonly axis: StepAxis;
  readonly from: number | null;
  readonly to: number | null;
  readonly width: number | null;
  /** EMA weight 0…0.999, debiased as TensorBoard does. */
  readonly smoothing: number;
  /** The marks of the series that the asker has, by `seriesKey`, all of an answer to the same question. */
  readonly known: Readonly<Record<string, SeriesMark>>;
}

/** How far a series goes. */
export interface SeriesMark {
  /** Of which reading of the run's log: one that is read anew has other curves. */
  readonly reading: string;
  /** In stretches of which width its points were thinned; 0: not at all. */
  readonly stretch: number;
  /** Points before that. */
  readonly count: number;
}

export interface SeriesName {
  readonly run: string;
  readonly model: ModelId;
  readonly split: SplitName;
  readonly metric: Metric;
}
export interface SeriesSnapshot extends SeriesName {
  readonly x: Float64Array;
  readonly raw: Float32Array;
  /** Equal to `raw` when smoothing is 0. */
  readonly smooth: Float32Array;
  readonly mark: SeriesMark;
}

/** A series, or its end: these points are in the place of all from `begin` on; null: of all. */
export interface SeriesPatch extends SeriesSnapshot {
  readonly begin: number | null;
}

/** A model of a run, with what its network is made of. */
export interface RunModelSummary {
  readonly model: ModelCard;
  readonly network: NetworkSummary;
  readonly layers: readonly LayerOutline[];
}

export interface LabState {
  readonly subject: LabSubject;
  /** The run to show is being prepared: `show` will say which. */
  readonly isAwaited: boolean;
  /** The shown runs, then all others, newest first. */
  readonly shown: RunCard[];
  readonly others: RunCard[];
  /** Older ones, which are not among `others`. */
  readonly unlisted: number;
  readonly trusted: boolean;
  readonly preferences: LabPreferences;
  /** The steps of the tour that were answered. */
  readonly learned: readonly TourStep[];
}

/** From the settings: what a fresh panel starts with. */
export interface LabPreferences {
  readonly smoothing: number;
  readonly colorMap: 'viridis' | 'diverging';
}
