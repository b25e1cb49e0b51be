import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { ContextKey } from '../../src/host/ids';
import { Tour } from '../../src/host/tour';
import { type TourStep, tourSteps } from '../../src/protocol/lab';
import { memento, substitute } from './support/doubles';

describe('the tour', () => {
  /** What the walkthrough was told, last. */
  let isDone: unknown;
  let restore: () => void;
  beforeEach(() => {
    isDone = undefined;
    restore = substitute(vscode.commands, 'executeCommand', async (command: string, ...args: unknown[]) => {
      assert.deepEqual([command, args[0]], ['setContext', ContextKey.Toured]);
      isDone = args[1];
    });
  });
  afterEach(() => restore());

  it('begins with nothing answered', () => {
    const tour = new Tour(memento());
    assert.deepEqual(tour.learned, []);
    assert.equal(isDone, false);
  });

  it('keeps what was answered, each step once, for the next window', async () => {
    const memory = memento();
    await new Tour(memory).remember(['pixel', 'epochs', 'pixel']);
    assert.equal(isDone, false);
    assert.deepEqual(new Tour(memory).learned, ['pixel', 'epochs']);
  });

  it('is done once all six are answered, in whatever order, and not any more when it begins again', async () => {
    const memory = memento();
    const tour = new Tour(memory);
    const order = [...tourSteps].reverse();
    for (const [i] of order.entries()) {
      await tour.remember(order.slice(0, i + 1));
      assert.equal(isDone, i === 5, `after ${i + 1} steps`);
    }
    isDone = undefined;
    // A window that opens later ticks it off, too.
    assert.deepEqual(new Tour(memory).learned, order);
    assert.equal(isDone, true);
    await tour.remember([]);
    assert.equal(isDone, false);
    assert.deepEqual(new Tour(memory).learned, []);
  });

  it('begins anew where what is kept can be none of ours', async () => {
    for (const stored of ['pixel', 7, { pixel: true }, ['pixel', 'elsewhere'], null]) {
      const memory = memento();
      await memory.update('tour', stored);
      const tour = new Tour(memory);
      assert.deepEqual(tour.learned, [], JSON.stringify(stored));
      assert.equal(isDone, false);
      await tour.remember(['pixel' satisfies TourStep]);
      assert.deepEqual(tour.learned, ['pixel']);
    }
  });
});
