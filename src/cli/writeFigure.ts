import { writeFile } from 'node:fs/promises';
import type { Figure } from '../core/figure';

/** As a PNG. Where this machine has no font its words can't be read: the error stream says so. */
export async function writeFigure(figure: Figure, file: string): Promise<void> {
  const { canDrawText, figurePng } = await import('../node/images/figurePng');
  if (!(await canDrawText()))
    console.error(
      "involution: no font is installed here, so the picture's words are empty boxes (fonts-dejavu-core has one).",
    );
  await writeFile(file, await figurePng(figure));
}
