import * as l10n from '@vscode/l10n';
import { useEffect, useMemo } from 'preact/hooks';
import { type Census, census, extentOf, scaleOf } from '../../../src/core/kernels/heatmap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelMap } from '../../../src/core/kernels/kernelMap';
import type { KernelSession } from '../../../src/core/kernels/session';
import { kernelStatistics } from '../../../src/core/kernels/statistics';
import { shownRunName } from '../../../src/core/runs/runName';
import { decimal, percent } from '../../shared/format';
import { classTitle, modelTitle } from '../../shared/names';
import { Icon } from '../../shared/toolkit';
import { Answer } from '../Answer';
import { useLab } from '../context';
import { PictureCanvas } from '../Pictures';
import { Arrows } from './Arrows';
import { type Grid, mapPosition, type Position } from './grid';
import { Heatmap, Ramp } from './Heatmap';
import { Tile } from './Tile';
import { type KernelQuestion, type Source, sourceKey, useKernelMaps, useKernelSession } from './useKernels';

/** Where the marker is: a cell of one layer of one image. It outlives the session, so that epochs can go by under it. */
export interface Focus {
  readonly source: string;
  readonly layer: string;
  readonly position: Position;
}

/** What a row has on screen, for the controls and the exports. */
export interface RowContent {
  readonly source: Source;
  readonly session: KernelSession;
  readonly maps: readonly KernelMap[];
}

interface KernelRowProps {
  source: Source;
  question: KernelQuestion;
  group: number | 'all';
  /** Null when the place is in another row. */
  focus: Focus | null;
  pinned: boolean;
  onFocus: (focus: Focus | null) => void;
  onPin: (focus: Focus) => void;
  onContent: (key: string, content: RowContent | null) => void;
}

/** One image: the input, then a heatmap for every involution layer. */
export function KernelRow({ source, question, ...row }: KernelRowProps) {
  const [request, controls] = useKernelSession(source, question);
  const name =
    'file' in source ? baseName(source.file) : l10n.t('validation image {0}', source.validationIndex);
  return (
    <Answer
      section="kernels"
      request={request}
      controls={controls}
      doing={l10n.t('Generating the kernels of {0}…', name)}
      failure={l10n.t("Couldn't generate the kernels of {0}.", name)}
      run={question.run}
    >
      {(session) => <SessionRow source={source} name={name} session={session} {...row} />}
    </Answer>
  );
}

export const baseName = (file: string): string => file.split(/[/\\]/).at(-1)!;

type SessionRowProps = Omit<KernelRowProps, 'question'> & { name: string; session: KernelSession };

function SessionRow({
  source,
  name,
  session,
  group,
  focus,
  pinned,
  onFocus,
  onPin,
  onContent,
}: SessionRowProps) {
  const [request, controls] = useKernelMaps(session, group, useLab().options.statistic);
  const maps = request.kind === 'ready' ? request.value : null;
  const key = sourceKey(source);
  useEffect(() => {
    if (maps) onContent(key, { source, session, maps });
    return () => onContent(key, null);
  }, [onContent, key, source, session, maps]);

  const { picture, layers } = session;
  const aspect = picture.width / picture.height;
  const at = (layer: KernelLayer, position: Position): Focus => ({
    source: key,
    layer: layer.name,
    position,
  });
  const focused = focus && layers.find((layer) => layer.name === focus.layer);
  const marker = (grid: Grid) => (focus && focused ? mapPosition(focus.position, focused, grid) : null);
  const shared = { aspect, pinned };
  const first = layers[0]!;
  return (
    <section class="kernel-row">
      <div class="caption">
        <strong>{name}</strong>
        <span class="quiet num">{factsOf(session)}</span>
        {!session.trained && (
          <span class="badge">
            <Icon name="beaker" /> {l10n.t('untrained')}
          </span>
        )}
        {session.dataChange !== null && (
          <span class="badge" title={session.dataChange}>
            <Icon name="warning" /> {l10n.t('the data has changed')}
          </span>
        )}
      </div>
      <div class="tiles">
        <Tile
          {...shared}
          title={l10n.t('input')}
          label={l10n.t('{0}; arrow keys move the pixel', classTitle(picture.caption))}
          grid={first}
          marker={marker(first)}
          footer={<div class="legend quiet num">{`${picture.width} × ${picture.height}`}</div>}
          onMove={(position) => onFocus(position && at(first, position))}
          onPin={(position) => onPin(at(first, position))}
        >
          <PictureCanvas picture={picture} />
        </Tile>
        <Answer
          section="kernels"
          request={request}
          controls={controls}
          doing={l10n.t('Generating the kernels of {0}…', name)}
          failure={l10n.t("Couldn't generate the kernels of {0}.", name)}
        >
          {(maps) =>
            layers.map((layer, i) => (
              <HeatTile
                {...shared}
                key={layer.name}
                session={session}
                layer={layer}
                map={maps[i]!}
                marker={marker(layer)}
                onMove={(position) => onFocus(position && at(layer, position))}
                onPin={(position) => onPin(at(layer, position))}
              />
            ))
          }
        </Answer>
      </div>
    </section>
  );
}

interface HeatTileProps {
  session: KernelSession;
  layer: KernelLayer;
  map: KernelMap;
  aspect: number;
  marker: Position | null;
  pinned: boolean;
  onMove: (position: Position | null) => void;
  onPin: (position: Position) => void;
}
function HeatTile({ session, layer, map, ...tile }: HeatTileProps) {
  const { options } = useLab();
  const { counts, extent } = useMemo(() => ({ counts: census(map.values), extent: extentOf(map) }), [map]);
  const scale = scaleOf(extent, options);
  const [min, max] = extent.map((value) => decimal(value, 2));
  const statistic = l10n.t(kernelStatistics[map.statistic].title);
  return (
    <Tile
      {...tile}
      title={l10n.t('{0}, kernel {1}', layer.name, statistic)}
      label={l10n.t(
        '{0}, kernel {1}: {2} × {3} values from {4} to {5}; arrow keys move the pixel',
        ...[layer.name, statistic, layer.height, layer.width, min!, max!],
      )}
      grid={layer}
      footer={
        map.constant === null ? (
          <Legend scale={scale} counts={counts} colorMap={options.colorMap} />
        ) : (
          <div class="legend quiet num">{constantText(map.constant, layer.constants[map.statistic])}</div>
        )
      }
    >
      {options.overlay && <PictureCanvas picture={session.picture} />}
      <Heatmap
        map={map}
        scale={scale}
        colorMap={options.colorMap}
        opacity={options.overlay ? options.opacity : 1}
      />
      {map.arrows && <Arrows arrows={map.arrows} grid={map} />}
    </Tile>
  );
}

/** "constant here: 1.00 (a softmax sums to 1)". */
function constantText(value: number, reason: string | undefined): string {
  const number = decimal(value, 2);
  return reason
    ? l10n.t('constant here: {0} ({1})', number, l10n.t(reason))
    : l10n.t('constant here: {0}', number);
}

/** The numbers at both ends of the colour map, and a warning about values that have no colour. */
function Legend({
  scale,
  counts,
  colorMap,
}: {
  scale: readonly [number, number];
  counts: Census;
  colorMap: 'viridis' | 'diverging';
}) {
  const { nan, infinite } = counts;
  return (
    <div class="legend num">
      <span>{decimal(scale[0], 2)}</span>
      <Ramp colorMap={colorMap} />
      <span>{decimal(scale[1], 2)}</span>
      {nan + infinite > 0 && (
        <span class="problem">
          <Icon name="warning" /> {l10n.t('{0} NaN, {1} infinite', nan, infinite)}
        </span>
      )}
    </div>
  );
}

/** "epoch 14 of cifar10 inn+cnn · Involution · cat 62 %, dog 21 %". */
function factsOf({ trained, epoch, runName, model, prediction }: KernelSession): string {
  const run = shownRunName(runName);
  const network = trained ? l10n.t('epoch {0} of {1}', epoch, run) : run;
  const likely = prediction
    .slice(0, 3)
    .map(({ name, probability }) => `${classTitle(name)} ${percent(probability)}`);
  return [network, modelTitle(model), likely.join(', ')].filter(Boolean).join(' · ');
}
