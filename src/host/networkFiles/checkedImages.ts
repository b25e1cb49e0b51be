import * as v from 'valibot';
import * as vscode from 'vscode';
import { dataKinds } from '../../core/data/dataKinds';
import type { Images } from '../../core/data/images';
import { shapeText } from '../../core/network/shape';
import { askText, type Choice, pickOne } from '../dialogs';
import { dataTitle } from '../words';
import { CheckedImages, type NetworkFiles } from './networkFiles';

const { l10n } = vscode;

/** "32×32×3, 10 classes". */
export const imagesText = ({ shape, classes }: Images): string =>
  l10n.t('{0}, {1} classes', shapeText(shape), classes);

/** Which images networks are checked for. Throws a CancellationError when a question is dismissed. */
export async function chooseCheckedImages(files: NetworkFiles): Promise<void> {
  const title = l10n.t('Check Networks For');
  const known = Object.values(dataKinds).flatMap(({ kind, images }) =>
    images ? [{ images, label: dataTitle(kind), description: imagesText(images) }] : [],
  );
  const other: Choice & { images: Images | null } = { images: null, label: l10n.t('Other images…') };
  const { images } = await pickOne([...known, other], {
    title,
    placeHolder: l10n.t('Shapes and costs depend on the images; the network is the same for all'),
  });
  await files.checkFor(images ?? (await askImages(title, files.images)));
}

async function askImages(title: string, { shape, classes }: Images): Promise<Images> {
  const answer = await askText({
    title,
    prompt: l10n.t('Height × width × channels, number of classes'),
    value: `${shapeText(shape)}, ${classes}`,
    problemOf: (text) =>
      imagesOf(text)
        ? undefined
        : l10n.t('As in “64×64×3, 5”: at most 512 pixels, 1 to 4 channels, 2 to 256 classes.'),
    ignoreFocusOut: true,
  });
  return imagesOf(answer)!;
}

/** Exported for tests. */
export function imagesOf(text: string): Images | null {
  const parts = /^\s*(\d+)\s*[x×*]\s*(\d+)\s*[x×*]\s*(\d+)\s*[,;\s]\s*(\d+)\s*$/i.exec(text);
  if (!parts) return null;
  const [height, width, channels, classes] = parts.slice(1).map(Number);
  const images = v.safeParse(CheckedImages, { shape: [height, width, channels], classes });
  return images.success ? images.output : null;
}
