import type { RunSpec } from '../runs/spec';
import type { Words } from '../words';
import type { Dataset } from './dataset';
import { skippedLines } from './skipped';

/** What a person who trains on a data set should know of it: files that were skipped, a batch that can't be filled. */
export function dataNotices(
  { train, skipped }: Pick<Dataset, 'train' | 'skipped'>,
  { batchSize }: Pick<RunSpec, 'batchSize'>,
): Words[] {
  const notices = skippedLines(skipped).map((line): Words => ['Skipped {0}', line]);
  if (batchSize > train.count)
    notices.push([
      'The batch size is {0}, and there are {1} training images: each step takes all of them.',
      ...[batchSize, train.count],
    ]);
  return notices;
}
