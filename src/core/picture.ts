/** An image as a webview draws it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** width · height · 4 bytes. */
  readonly rgba: Uint8Array;
  readonly caption: string;
}
