import type { Images } from '../core/data/images';
import type { LayerOutline } from '../core/diagram/outline';
import type { Footprint } from '../core/network/footprint';

/** What a diagram panel shows: a network file as it is now. */
export interface DiagramState {
  /** Where the file is; what a panel remembers, so that VS Code can bring it back. */
  readonly uri: string;
  readonly file: string;
  readonly images: Images;
  /** As far as they can be placed. */
  readonly layers: readonly LayerOutline[];
  /** The first layer that can't be read, with which they end; null: they are all. */
  readonly unread: string | null;
  /** In the display language. */
  readonly problems: readonly DiagramProblem[];
  /** Null where there is an error. */
  readonly total: Footprint | null;
  /** The layer that the cursor is in. */
  readonly selected: string | null;
}

export interface DiagramProblem {
  /** The layer's, or '' for the network. */
  readonly path: string;
  readonly text: string;
  readonly severity: 'error' | 'warning';
}
