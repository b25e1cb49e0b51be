import { useEffect, useRef, useState } from 'preact/hooks';
import type { KernelDetail } from '../../../src/core/kernels/kernelDetail';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelMap } from '../../../src/core/kernels/kernelMap';
import type { KernelSession } from '../../../src/core/kernels/session';
import type { ModelId } from '../../../src/core/network/model';
import { type Request, type RequestControls, useRequest } from '../../shared/request';
import { useLab } from '../context';
import { host } from '../link';
import type { Options } from '../options';
import type { Position } from './grid';

/** What the kernels are drawn of: an image file, or one of the run's validation images. */
export type Source = { readonly file: string } | { readonly validationIndex: number };
export const sourceKey = (source: Source): string =>
  'file' in source ? source.file : `validation/${source.validationIndex}`;

export interface KernelQuestion {
  readonly run: string | null;
  /** Null: the first of the run that has involutions. */
  readonly model: ModelId | null;
  /** Null: the latest. */
  readonly epoch: number | null;
  readonly resolution: Options['resolution'];
}

/** The image run through the network. The session it replaces, and the last one, are closed in the worker. */
export function useKernelSession(
  source: Source,
  { run, model, epoch, resolution }: KernelQuestion,
): readonly [Request<KernelSession>, RequestControls] {
  const { dataVersion } = useLab();
  // A file is no data of the run.
  const version = 'file' in source ? null : dataVersion;
  const key = JSON.stringify([sourceKey(source), run, model, epoch, resolution, version]);
  const result = useRequest(key, () => host.openKernels(source, run, model, epoch, resolution), {
    hold: true,
  });
  const id = result[0].kind === 'ready' ? result[0].value.id : null;
  useEffect(
    () => () => {
      if (id !== null) void host.closeKernels(id);
    },
    [id],
  );
  return result;
}

/** Every layer's map, of one group or all; a layer with fewer groups than asked for shows all of its own. */
export function useKernelMaps(
  session: KernelSession,
  group: number | 'all',
  statistic: Options['statistic'],
): readonly [Request<KernelMap[]>, RequestControls] {
  return useRequest(
    `${session.id}/${group}/${statistic}`,
    () =>
      Promise.all(
        session.layers.map(({ name, groups }) => {
          const shown = group !== 'all' && group < groups ? group : 'all';
          return host.kernelMap(session.id, name, shown, statistic === 'own' ? null : statistic);
        }),
      ),
    { hold: true },
  );
}

/** A cell of one layer of one session. */
export interface Place {
  readonly session: KernelSession;
  readonly layer: KernelLayer;
  readonly position: Position;
}
export interface Explained {
  readonly place: Place;
  readonly detail: KernelDetail;
}

/** The arithmetic at a place. While the pointer moves, one question is on its way and only the latest place waits. */
export function useKernelDetail(place: Place | null): Explained | null {
  const [explained, setExplained] = useState<Explained | null>(null);
  const key = keyOf(place);
  const wanted = useRef(place);
  const busy = useRef(false);
  wanted.current = place;

  // The key stands for the place.
  useEffect(() => {
    if (busy.current) return;
    const catchUp = async () => {
      busy.current = true;
      let asked: Place | null;
      do {
        asked = wanted.current;
        setExplained(asked && (await explain(asked)));
      } while (keyOf(asked) !== keyOf(wanted.current));
      busy.current = false;
    };
    void catchUp();
  }, [key]);
  return explained;
}

const keyOf = (place: Place | null): string =>
  place ? `${place.session.id}/${place.layer.name}/${place.position.row}/${place.position.column}` : '';

/** Null for a session that was closed meanwhile: another place is already wanted then. */
async function explain(place: Place): Promise<Explained | null> {
  const { session, layer, position } = place;
  try {
    return { place, detail: await host.kernelAt(session.id, layer.name, position.row, position.column) };
  } catch {
    return null;
  }
}
