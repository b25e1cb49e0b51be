import * as l10n from '@vscode/l10n';
import { SmallImageError } from '../../core/kernels/trace';
import { ImageSizeError } from '../../core/kernels/wholeTrace';
import { messageIn } from '../../core/wordedError';
import { ImageError, type RgbImage } from '../../node/images/readImage';

/** Why a network can't take an image at its own size, as an error of the file, in words; other errors as they are. */
export function imageProblem(
  file: string,
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  error: unknown,
): unknown {
  if (error instanceof SmallImageError)
    return new ImageError(
      file,
      l10n.t(
        "is {0}×{1} pixels; at native resolution the network needs {2}×{2}, or nothing is left for its layer {3}. Show it at the network's size, or enlarge it first.",
        ...[width, height, error.leastSide, error.layer],
      ),
    );
  if (!(error instanceof ImageSizeError)) return error;
  const { problem } = error;
  if (problem.kind === 'vanishes')
    return new ImageError(
      file,
      l10n.t(
        "is {0}×{1} pixels; at native resolution nothing is left of it after the network's layer {2}. Show it at the network's size, or enlarge it first.",
        ...[width, height, problem.layer],
      ),
    );
  if (problem.kind === 'memory')
    return new ImageError(
      file,
      l10n.t(
        "is {0}×{1} pixels; at native resolution the network's layer {2} alone would take {3} GB, and at most {4} GB are given. Show it at the network's size, or shrink it first.",
        ...[width, height, problem.layer, problem.gigabytes.toFixed(1), problem.most],
      ),
    );
  return new ImageError(
    file,
    l10n.t(
      "is {0}×{1} pixels, and this network can't take that: {2}. Show it at the network's size.",
      ...[width, height, messageIn(l10n.t, problem.error)],
    ),
  );
}
