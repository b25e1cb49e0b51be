import type { RunSpec } from '../runs/spec';
import type { Dataset } from './dataset';
import { skippedLines } from './skipped';

/** What a person who trains on a data set should know of it: files that were skipped, a batch that can't be filled. */
export function dataNotices(
  { train, skipped }: Pick<Dataset, 'train' | 'skipped'>,
  { batchSize }: Pick<RunSpec, 'batchSize'>,
): string[] {
  const notices = skippedLines(skipped).map((line) => `Skipped ${line}`);
  if (batchSize > train.count)
    notices.push(
      `The batch size is ${batchSize}, and there are ${train.count} training images: each step takes all of them.`,
    );
  return notices;
}
