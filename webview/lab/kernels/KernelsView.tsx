import * as l10n from '@vscode/l10n';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { extentOf, roundLimit } from '../../../src/core/kernels/heatmap';
import type { ModelId } from '../../../src/core/network/model';
import { subjectLimits } from '../../../src/protocol/lab';
import { Empty } from '../../shared/states';
import { Button } from '../../shared/toolkit';
import { useExports, useLab } from '../context';
import { host } from '../link';
import type { Options } from '../options';
import { Inspector } from './inspector/Inspector';
import { KernelControls } from './KernelControls';
import { type Focus, KernelRow, type RowContent } from './KernelRow';
import { kernelExports } from './kernelExports';
import { type Place, type Source, sourceKey } from './useKernels';

/** Rows drawn at once; more on request, because each holds its activations in the worker. */
const rowsAtOnce = 8;
/** With no image picked: this many of the run's validation images. */
const examples = 4;

export function KernelsView({ active }: { active: boolean }) {
  const { subject, shown, options, setOptions, setImages } = useLab();
  const [chosenRun, setRun] = useState<string | null | undefined>();
  const run = chosenRun === undefined ? (shown[0]?.id ?? null) : chosenRun;
  const [model, setModel] = useState<ModelId | null>(null);
  const [epoch, setEpoch] = useState<number | null>(null);
  const [group, setGroup] = useState<number | 'all'>('all');
  const [hovered, setHovered] = useState<Focus | null>(null);
  const [pinned, setPinned] = useState<Focus | null>(null);
  const [mostRows, setMostRows] = useState(rowsAtOnce);
  /** Images that were picked beyond what a panel takes. */
  const [leftOut, setLeftOut] = useState(0);
  const [contents, setContents] = useState<ReadonlyMap<string, RowContent>>(new Map());

  const onContent = useCallback((key: string, content: RowContent | null) => {
    setContents((old) => {
      const next = new Map(old);
      if (content) next.set(key, content);
      else next.delete(key);
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
  const sources = useMemo(() => sourcesOf(subject.images, run), [subject.images, run]);
  useExports(
    'kernels',
    useMemo(() => kernelExports([...contents.values()], options, group), [contents, options, group]),
  );

  if (sources.length === 0) {
    return (
      <Empty action={l10n.t('Pick Images…')} onAction={pickImages}>
        {l10n.t('Pick images to see the kernels that the network generates for them.')}
      </Empty>
    );
  }
  const focus = hovered ?? pinned ?? middleOf(contents.values().next().value);
  const place = focus && placeOf(focus, contents);
  const held = pinned !== null && isSame(focus, pinned);
  const onPin = (next: Focus) => setPinned(isSame(next, pinned) ? null : next);
  return (
    <>
      <KernelControls
        active={active}
        run={run}
        onRun={(next) => {
          setRun(next);
          setModel(null);
          setEpoch(null);
        }}
        model={model}
        onModel={(next) => {
          setModel(next);
          setEpoch(null);
          setGroup('all');
        }}
        sessions={[...contents.values()].map((content) => content.session)}
        epoch={epoch}
        onEpoch={setEpoch}
        group={group}
        onGroup={setGroup}
        onScale={onScale}
        onPickImages={pickImages}
      />
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
          {sources.slice(0, mostRows).map((source) => {
            const key = sourceKey(source);
            return (
              <KernelRow
                key={key}
                source={source}
                question={{ run, model, epoch, resolution: options.resolution }}
                group={group}
                focus={focus?.source === key ? focus : null}
                pinned={held}
                onFocus={setHovered}
                onPin={onPin}
                onContent={onContent}
              />
            );
          })}
          {sources.length > mostRows && (
            <p class="more">
              <Button onClick={() => setMostRows(mostRows + rowsAtOnce)}>
                {l10n.t('Show More ({0} left)', sources.length - mostRows)}
              </Button>
            </p>
          )}
        </div>
        <Inspector
          place={place}
          pinned={held}
          onRelease={() => setPinned(null)}
          onHold={(position) => {
            setHovered(null);
            setPinned(focus && { ...focus, position });
          }}
        />
      </div>
    </>
  );
}

function isSame(a: Focus | null, b: Focus | null): boolean {
  if (!a || !b || a.source !== b.source || a.layer !== b.layer) return false;
  return a.position.row === b.position.row && a.position.column === b.position.column;
}

/** Where the marker is until it is moved: the middle of the first row's first layer. */
function middleOf(content: RowContent | undefined): Focus | null {
  const layer = content?.session.layers[0];
  if (!content || !layer) return null;
  const position = { row: layer.height >> 1, column: layer.width >> 1 };
  return { source: sourceKey(content.source), layer: layer.name, position };
}

/** Null while the row loads, or when its network has no such layer. */
function placeOf(focus: Focus, contents: ReadonlyMap<string, RowContent>): Place | null {
  const session = contents.get(focus.source)?.session;
  const layer = session?.layers.find((candidate) => candidate.name === focus.layer);
  return session && layer ? { session, layer, position: focus.position } : null;
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
