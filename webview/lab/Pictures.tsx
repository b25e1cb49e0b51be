import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Picture } from '../../src/core/picture';

/** An image at its own resolution, scaled by CSS without smoothing. */
export function PictureCanvas({ picture }: { picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const { width, height, rgba } = picture;
    const context = canvas.current!.getContext('2d')!;
    context.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  }, [picture]);
  return (
    <canvas
      ref={canvas}
      class="pixels"
      width={picture.width}
      height={picture.height}
      role="img"
      aria-label={picture.caption}
    />
  );
}

export interface CaptionedPicture {
  readonly key: string | number;
  readonly picture: Picture;
  readonly caption: string;
  /** Further, quieter lines. */
  readonly notes?: readonly string[];
}

/** Pictures in a grid, each with its caption. */
export function PictureGrid({ pictures }: { pictures: readonly CaptionedPicture[] }) {
  return (
    <div class="pictures">
      {pictures.map(({ key, picture, caption, notes }) => (
        <figure key={key}>
          <PictureCanvas picture={picture} />
          <figcaption title={caption}>{caption}</figcaption>
          {notes?.map((note) => (
            <div key={note} class="quiet num" title={note}>
              {note}
            </div>
          ))}
        </figure>
      ))}
    </div>
  );
}
