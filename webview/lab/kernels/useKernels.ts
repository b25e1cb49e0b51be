import { useEffect, useRef, useState } from 'preact/hooks';
import type { Counterpart } from '../../../src/core/kernels/fixedStencil';
import type { KernelDetail } from '../../../src/core/kernels/kernelDetail';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelMap } from '../../../src/core/kernels/kernelMap';
import type { KernelSession } from '../../../src/core/kernels/session';
import type { ModelId } from '../../../src/core/network/model';
import type { LabSection } from '../../../src/protocol/lab';
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

/**
 * The image run through the network. The session it replaces, and the last one, are closed in the worker.
 * @param section which waits for it.
 */
export function useKernelSession(
  source: Source,
  { run, model, epoch, resolution }: KernelQuestion,
  section: LabSection,
): readonly [Request<KernelSession>, RequestControls] {
  const { dataVersion } = useLab();
  // A file is no data of the run.
  const version = 'file' in source ? null : dataVersion;
  const key = JSON.stringify([sourceKey(source), run, model, epoch, resolution, version]);
  const open = () => host.openKernels(source, run, model, epoch, resolution, section);
  const result = useRequest(key, open, { hold: true });
  const id = result[0].kind === 'ready' ? result[0].value.id : null;
  useEffect(
    () => () => {
      if (id !== null) void host.closeKernels(id);
    },
    [id],
  );
  return result;
}

/** A layer's map, with the layer that it is of. */
export interface LayerMap extends KernelMap {
  readonly layer: KernelLayer;
}

/** These layers' maps, of one group or all; a layer with fewer groups than asked for shows all of its own. */
export function useKernelMaps(
  session: KernelSession,
  layers: readonly KernelLayer[],
  group: number | 'all',
  statistic: Options['statistic'],
): readonly [Request<LayerMap[]>, RequestControls] {
  const names = layers.map(({ name }) => name);
  return useRequest(
    JSON.stringify([session.id, names, group, statistic]),
    () =>
      Promise.all(
        layers.map(async (layer) => {
          const shown = group !== 'all' && group < layer.groups ? group : 'all';
          return { ...(await mapOf(session, layer, shown, statistic)), layer };
        }),
      ),
    { hold: true },
  );
}

/** The maps of a layer's first groups, one by one. */
export function useGroupMaps(
  session: KernelSession,
  layer: KernelLayer,
  count: number,
  statistic: Options['statistic'],
): readonly [Request<KernelMap[]>, RequestControls] {
  return useRequest(
    JSON.stringify([session.id, layer.name, count, statistic]),
    () => Promise.all(Array.from({ length: count }, (_, group) => mapOf(session, layer, group, statistic))),
    { hold: true },
  );
}

const mapOf = (
  { id }: KernelSession,
  { name }: KernelLayer,
  group: number | 'all',
  statistic: Options['statistic'],
) => host.kernelMap(id, name, group, statistic === 'own' ? null : statistic);

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

/** The arithmetic at a place. */
export function useKernelDetail(place: Place | null): Explained | null {
  return useLatest(place, keyOf, async (place) => {
    const { session, layer, position } = place;
    return { place, detail: await host.kernelAt(session.id, layer.name, position.row, position.column) };
  });
}

export const keyOf = (place: Place | null): string =>
  place ? `${place.session.id}/${place.layer.name}/${place.position.row}/${place.position.column}` : '';

interface InLayer {
  readonly session: KernelSession;
  readonly layer: KernelLayer;
  /** A row, or a filter. */
  readonly number: number;
}
const keyIn = ({ session, layer, number }: InLayer) => `${session.id}/${layer.name}/${number}`;

/** All kernels of a row; null until they are there. */
export function useKernelRow(session: KernelSession, layer: KernelLayer, row: number): Float32Array | null {
  const asked = { session, layer, number: row };
  const answer = useLatest(asked, keyIn, async (of) => ({
    key: keyIn(of),
    kernels: await host.kernelRow(of.session.id, of.layer.name, of.number),
  }));
  return answer && answer.key === keyIn(asked) ? answer.kernels : null;
}

/** What a convolution of the run has in the layer's place; null where it trained none, undefined until that is known. */
export function useCounterpart(
  session: KernelSession,
  layer: KernelLayer,
  filter: number,
): Counterpart | null | undefined {
  const answer = useLatest({ session, layer, number: filter }, keyIn, async (of) => ({
    of,
    counterpart: await host.counterpart(of.session.id, of.layer.name, of.number),
  }));
  const isOfLayer = answer?.of.session.id === session.id && answer.of.layer.name === layer.name;
  return isOfLayer ? answer.counterpart : undefined;
}

/**
 * What the host answers. While questions change, as under a moving pointer, one is on its way and only the latest waits;
 * the old answer stays until a new one is there. Null for a question about a session that was closed meanwhile: another
 * is already asked then.
 */
function useLatest<Question, Answer>(
  question: Question | null,
  keyOf: (question: Question) => string,
  ask: (question: Question) => Promise<Answer>,
): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const wanted = useRef(question);
  const busy = useRef(false);
  wanted.current = question;
  const key = question === null ? null : keyOf(question);

  // The key stands for the question.
  useEffect(() => {
    if (busy.current) return;
    const current = () => (wanted.current === null ? null : keyOf(wanted.current));
    const catchUp = async () => {
      busy.current = true;
      let asked: string | null;
      do {
        asked = current();
        setAnswer(wanted.current && (await ask(wanted.current).catch(() => null)));
      } while (asked !== current());
      busy.current = false;
    };
    void catchUp();
  }, [key]);
  return answer;
}
