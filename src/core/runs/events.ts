import * as v from 'valibot';
import { ModelId } from '../network/model';
import { runStates } from './lifecycle';

/**
 * One line of a run's append-only `events.jsonl`. `time` is Unix milliseconds.
 * A batch event belongs to one optimizer step: `step` counts a model's steps from 1 over the whole run, and no
 * (model, step) is logged twice, whatever was stopped, killed or resumed in between.
 */
const time = v.pipe(v.number(), v.finite());
const model = ModelId;
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** JSON has no NaN, and 1e999 reads as Infinity; a loss that is not finite is logged as null and ends the model's training. */
const metric = v.nullable(v.pipe(v.number(), v.finite()));

/** A line of the log has at most this many bytes; a longer one is not even put together. */
export const eventLineBytes = 1 << 16;
/** So that the longest message fits into a line, however many bytes JSON makes of a character. */
export const eventMessageCharacters = 10_000;

export const StatusEvent = v.object({
  type: v.literal('status'),
  time,
  state: v.picklist(runStates),
  /** Why, for people: the error's text, "stopped by the user", … */
  message: v.optional(v.pipe(v.string(), v.maxLength(eventMessageCharacters))),
});
export const BatchEvent = v.object({
  type: v.literal('batch'),
  time,
  model,
  epoch: count,
  batch: count,
  step: count,
  loss: metric,
  accuracy: metric,
});
export const EpochEvent = v.object({
  type: v.literal('epoch'),
  time,
  model,
  /** From 1. */
  epoch: count,
  step: count,
  loss: metric,
  accuracy: metric,
  valLoss: metric,
  valAccuracy: metric,
  learningRate: v.pipe(v.number(), v.finite()),
  /** Time spent training and validating this epoch, interruptions left out. */
  seconds: v.pipe(v.number(), v.minValue(0), v.maxValue(1e9)),
});
/** A model will train no further: it finished, stopped early, or met a loss that is not finite. */
export const ModelEndEvent = v.object({
  type: v.literal('modelEnd'),
  time,
  model,
  epoch: count,
  step: count,
  reason: v.picklist(['finished', 'early-stopping', 'not-finite']),
});

export const RunEvent = v.variant('type', [StatusEvent, BatchEvent, EpochEvent, ModelEndEvent]);
export type StatusEvent = v.InferOutput<typeof StatusEvent>;
export type BatchEvent = v.InferOutput<typeof BatchEvent>;
export type EpochEvent = v.InferOutput<typeof EpochEvent>;
export type ModelEndEvent = v.InferOutput<typeof ModelEndEvent>;
export type RunEvent = v.InferOutput<typeof RunEvent>;
