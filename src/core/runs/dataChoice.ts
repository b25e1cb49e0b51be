/** Where a run's data is, and what will do for it. */
export interface DataChoice {
  /** Where its image folder is now; null: where it was. */
  readonly folder: string | null;
  /** Other images will do, as long as the classes are the same ones. */
  readonly anyway: boolean;
}
/** What helps when a run's data is refused: another folder, or to use it as it is. The error's `ways` name them. */
export const dataWays = ['folder', 'anyway'] as const;
export type DataWay = (typeof dataWays)[number];
