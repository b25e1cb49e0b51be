import * as v from 'valibot';
import { type FunctionsOf, type HearersOf, takes, told } from './calls';
import type { DiagramState } from './diagram';
import { fileName, savedBytes } from './schemas';

const layerPath = v.pipe(v.string(), v.maxLength(1000));

/** Diagram panel → host. */
export const diagramCalls = {
  ready: takes().answers<DiagramState>(),
  /** Moves the cursor to a layer, or with '' to the network; true: the file gets the focus as well. */
  reveal: takes(layerPath, v.boolean()).answers(),
  /** A save dialog with this name and these bytes; false when dismissed. */
  save: takes(fileName, savedBytes).answersInTheEnd<boolean>(),
};
export type DiagramHost = FunctionsOf<typeof diagramCalls>;

/** Host → diagram panel, only while it is visible. */
export const diagramNews = {
  /** The file was written to, or is checked for other images. */
  changed: told<[state: DiagramState]>(),
  /** The cursor went to another layer. */
  selected: told<[path: string | null]>(),
};
export type DiagramView = HearersOf<typeof diagramNews>;
