import * as l10n from '@vscode/l10n';
import { Fragment } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { extentOf, roundLimit } from '../../../src/core/kernels/heatmap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import { subjectLimits } from '../../../src/protocol/lab';
import { Empty } from '../../shared/states';
import { Button } from '../../shared/toolkit';
import { useExports, useLab } from '../context';
import { host } from '../link';
import type { Options } from '../options';
import { DifferenceRow } from './DifferenceRow';
import { mapPosition } from './grid';
import { Inspector } from './inspector/Inspector';
import { KernelControls } from './KernelControls';
import { KernelRow } from './KernelRow';
import { kernelExports } from './kernelExports';
import { LayerStrip } from './LayerStrip';
import { firstPlace, isPicked, type LayerChoice, secondPlace } from './layerChoice';
import { contentKey, type Focus, linkedTiles, type RowContent, type Side } from './linked';
import type { Network } from './NetworkChoice';
import { type Place, type Source, sourceKey } from './useKernels';

/** Rows drawn at once; more on request, because each holds its activations in the worker. */
const rowsAtOnce = 8;
/** With no image picked: this many of the run's validation images. */
const examples = 4;

export function KernelsView({ active }: { active: boolean }) {
  const { subject, shown, options, setOptions, setImages } = useLab();
  const [chosen, setChosen] = useState<Network | null>(null);
  const first = chosen ?? { run: shown[0]?.id ?? null, model: null, epoch: null };
  const [second, setSecond] = useState<Network | null>(null);
  const { run } = first;
  const [choice, setChoice] = useState<LayerChoice>({ first: 0, second: null });
  const [group, setGroup] = useState<number | 'all'>('all');
  const [hovered, setHovered] = useState<Focus | null>(null);
  const [pinned, setPinned] = useState<Focus | null>(null);
  const [mostRows, setMostRows] = useState(rowsAtOnce);
  /** Images that were picked beyond what a panel takes. */
  const [leftOut, setLeftOut] = useState(0);
  const [contents, setContents] = useState<ReadonlyMap<string, RowContent>>(new Map());

  const onContent = useCallback((id: string, content: RowContent | null) => {
    setContents((old) => {
      const next = new Map(old);
      if (content) next.set(id, content);
      else next.delete(id);
      return next;
    });
  }, []);
  const pickImages = async () => {
    const files = await host.pickImages();
    if (files.length === 0) return;
    const all = [...new Set([...subject.images, ...files])];
    setLeftOut(Math.max(0, all.length - subjectLimits.images));
    setImages(all.slice(0, subjectLimits.images));
  };
  /** A fixed scale needs a limit; the first one is that of what is on screen. */
  const onScale = (change: Partial<Options>) => {
    const next = { ...options, ...change };
    const limit = next.scale === 'fixed' && next.limit === 0 ? limitOf(contents) : next.limit;
    setOptions({ ...change, limit });
  };
  const allSources = useMemo(() => sourcesOf(subject.images, run), [subject.images, run]);
  useExports(
    'kernels',
    useMemo(() => kernelExports([...contents.values()], options, group), [contents, options, group]),
  );

  if (allSources.length === 0) {
    return (
      <Empty action={l10n.t('Pick Images…')} onAction={pickImages}>
        {l10n.t('Pick images to see the kernels that the network generates for them.')}
      </Empty>
    );
  }
  const sources = allSources.slice(0, mostRows);
  const sessionsOf = (side: Side) =>
    sources.flatMap((source) => contents.get(contentKey(side, sourceKey(source)))?.session ?? []);
  const sessions = { first: sessionsOf('first'), second: sessionsOf('second') };
  const overviews = { first: sessions.first[0], second: sessions.second[0] };
  const [layers, others] = [overviews.first?.layers, overviews.second?.layers];
  const shownLayers: Record<Side, (own: readonly KernelLayer[]) => readonly KernelLayer[]> = {
    first: (own) => (isPicked(own, others) ? [own[firstPlace(choice, own)]!] : own),
    second: (own) => (isPicked(own, layers) ? [own[secondPlace(choice, own, layers)]!] : own),
  };
  const focus = hovered ?? pinned ?? middleOf(contents.values().next().value);
  const inspected = focus && placeOf(focus, contents);
  const held = pinned !== null && isSame(focus, pinned);
  const onPin = (next: Focus) => setPinned(isSame(next, pinned) ? null : next);
  const onNetwork = (side: Side, network: Network | null) => {
    const old = side === 'first' ? first : second;
    // Only the epoch is another: the same layers.
    const isSameModel = network?.run === old?.run && network?.model === old?.model;
    if (!isSameModel) setChoice({ ...choice, second: null });
    if (side === 'second') return setSecond(network);
    if (!isSameModel) setGroup('all');
    setChosen(network);
  };
  return (
    <>
      <KernelControls
        active={active}
        networks={{ first, second }}
        onNetwork={onNetwork}
        sessions={sessions}
        group={group}
        onGroup={setGroup}
        onScale={onScale}
        onPickImages={pickImages}
      />
      {overviews.first && layers && isPicked(layers, others) && (
        <LayerStrip
          session={overviews.first}
          isOneOfTwo={second !== null}
          place={firstPlace(choice, layers)}
          // What was picked beside another layer is paired anew.
          onPlace={(first) => setChoice({ first, second: null })}
        />
      )}
      {overviews.second && others && isPicked(others, layers) && (
        <LayerStrip
          session={overviews.second}
          isOneOfTwo
          place={secondPlace(choice, others, layers)}
          onPlace={(second) => setChoice({ ...choice, second })}
        />
      )}
      {leftOut > 0 && (
        <p class="problem" role="alert">
          {l10n.t(
            'A panel shows {0} images at most: the last {1} that were picked are left out.',
            subjectLimits.images,
            leftOut,
          )}
        </p>
      )}
      {run === null && (
        <p class="untrained">
          {l10n.t('No run is picked: these are the kernels of an untrained network.')}
          <Button appearance="primary" onClick={() => host.trainFirst()}>
            {l10n.t('Train a Model')}
          </Button>
        </p>
      )}
      <div class="kernel-columns">
        <div class="kernel-rows">
          {sources.map((source) => {
            const key = sourceKey(source);
            const here = focus?.source === key ? focus : null;
            const linked = (side: Side) =>
              linkedTiles(source, side, here, { pinned: held, onFocus: setHovered, onPin });
            const row = (side: Side, network: Network) => (
              <KernelRow
                {...linked(side)}
                key={side}
                id={contentKey(side, key)}
                source={source}
                question={{ ...network, resolution: options.resolution }}
                shownLayers={shownLayers[side]}
                group={group}
                onContent={onContent}
              />
            );
            const pair = [contents.get(contentKey('first', key)), contents.get(contentKey('second', key))];
            return (
              <Fragment key={key}>
                {row('first', first)}
                {second && row('second', second)}
                {second && pair[0] && pair[1] && (
                  <DifferenceRow {...linked('first')} first={pair[0]} second={pair[1]} />
                )}
              </Fragment>
            );
          })}
          {allSources.length > mostRows && (
            <p class="more">
              <Button onClick={() => setMostRows(mostRows + rowsAtOnce)}>
                {l10n.t('Show More ({0} left)', allSources.length - mostRows)}
              </Button>
            </p>
          )}
        </div>
        <Inspector
          place={inspected}
          pinned={held}
          onRelease={() => setPinned(null)}
          onHold={(position) => {
            setHovered(null);
            setPinned(focus && inspected && { ...focus, ...cellOf(inspected.layer), position });
          }}
        />
      </div>
    </>
  );
}

function isSame(a: Focus | null, b: Focus | null): boolean {
  if (!a || !b || a.source !== b.source || a.side !== b.side || a.layer !== b.layer) return false;
  return a.position.row === b.position.row && a.position.column === b.position.column;
}

/** Where the marker is until it is moved: the middle of the first row's first layer. */
function middleOf(content: RowContent | undefined): Focus | null {
  const layer = content?.layers[0];
  if (!content || !layer) return null;
  const position = { row: layer.height >> 1, column: layer.width >> 1 };
  return { source: sourceKey(content.source), side: 'first', ...cellOf(layer), position };
}

const cellOf = ({ name, height, width }: KernelLayer) => ({ layer: name, grid: { height, width } });

/** Null while the row loads. Of a layer that is drawn no more, the same place in the one that is. */
function placeOf(focus: Focus, contents: ReadonlyMap<string, RowContent>): Place | null {
  const content = contents.get(contentKey(focus.side, focus.source));
  const layer = content?.layers.find(({ name }) => name === focus.layer) ?? content?.layers[0];
  if (!content || !layer) return null;
  return { session: content.session, layer, position: mapPosition(focus.position, focus.grid, layer) };
}

function sourcesOf(images: readonly string[], run: string | null): Source[] {
  if (images.length > 0) return images.map((file) => ({ file }));
  if (run === null) return [];
  return Array.from({ length: examples }, (_, validationIndex) => ({ validationIndex }));
}

function limitOf(contents: ReadonlyMap<string, RowContent>): number {
  const extents = [...contents.values()].flatMap(({ maps }) => maps.flatMap(extentOf));
  return roundLimit(Math.max(0, ...extents.map(Math.abs)));
}
