import * as v from 'valibot';
import { dataKind } from './dataKind';

/** Images are this high and wide at most. */
export const imageSizeLimit = 512;

export const folder = dataKind({
  kind: 'folder',
  title: 'Image folder',
  description: 'one subfolder per class',
  phrase: 'an image folder',
  fields: {
    path: v.pipe(
      v.string(),
      v.nonEmpty(),
      v.maxLength(32_767),
      v.title('Folder'),
      v.description('One subfolder per class; an absolute path.'),
    ),
    imageSize: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(8),
        v.maxValue(imageSizeLimit),
        v.title('Image size'),
        v.description('Images of a folder are resized to this square, in pixels.'),
        v.metadata({ flags: '--image-size <pixels>' }),
      ),
      32,
    ),
    validationSplit: v.optional(
      v.pipe(
        v.number(),
        v.gtValue(0),
        v.ltValue(1),
        v.title('Val. split'),
        v.description('How much of a folder is held out for validation.'),
        v.metadata({ flags: '--validation-split <fraction>' }),
      ),
      0.2,
    ),
  },
  images: null,
  isSeeded: true,
});
