/** What reading a data set can be told: when to stop, and where to say how far it is. */
export interface LoadingOptions {
  readonly signal?: AbortSignal;
  /** Only what is on this machine already: nothing is downloaded. */
  readonly offline?: boolean;
  /** `fraction` is 0…1, or null when the end is not known. */
  readonly onProgress?: (progress: { message: string; fraction: number | null }) => void;
}
