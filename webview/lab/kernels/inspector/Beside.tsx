import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { Counterpart } from '../../../../src/core/kernels/fixedStencil';
import type { KernelDetail } from '../../../../src/core/kernels/kernelDetail';
import { Dropdown } from '../../../shared/Dropdown';
import { modelTitle } from '../../../shared/names';
import { Button } from '../../../shared/toolkit';
import { moved } from '../grid';
import type { Place } from '../useKernels';
import { useCounterpart, useKernelRow } from '../useKernels';
import { Film } from './Film';
import { channelName, largest } from './numbers';
import { Raster } from './Raster';
import { ofGroup } from './StageValues';
import { usePlay } from './usePlay';

interface BesideProps {
  place: Place;
  detail: KernelDetail;
  channel: number;
  /** What is shown is what is asked for: a walk may go on. */
  isShown: boolean;
  onStep: (column: number) => void;
}

/** So many channels' stencils lie side by side. */
const mostStencils = 4;

/**
 * The same position for a convolution: its stencil is the same everywhere and another for each channel; a generated kernel
 * is another everywhere and the same for all channels of a group. A walk along the row shows it.
 */
export function Beside({ place, detail, channel, isShown, onStep }: BesideProps) {
  const { session, layer, position } = place;
  const [filter, setFilter] = useState(0);
  const other = useCounterpart(session, layer, filter);
  const row = useKernelRow(session, layer, position.row);
  const play = usePlay(position.column, layer.width, isShown, onStep);
  const group = detail.groupOf[channel]!;
  const first = Math.floor(channel / mostStencils) * mostStencils;
  const own = detail.groupOf
    .slice(first, first + mostStencils)
    .map((each) => ofGroup(detail.kernel, each, layer.groups));
  const weights = layer.kernelSize ** 2 * layer.groups;
  const films = row && [
    {
      name: layer.name,
      kernelSize: layer.kernelSize,
      stencils: Array.from({ length: layer.width }, (_, column) =>
        ofGroup(row.subarray(column * weights, (column + 1) * weights), group, layer.groups),
      ),
    },
    ...(other
      ? [
          {
            name: other.layer,
            kernelSize: other.kernelSize,
            stencils: Array<Float32Array>(layer.width).fill(ofChannel(other, channel)),
          },
        ]
      : []),
  ];
  /** On the films, and on the button that walks along them. */
  const key = (event: KeyboardEvent) => {
    const next = moved({ row: 0, column: position.column }, event.key, { height: 1, width: layer.width });
    if (!next) return;
    event.preventDefault();
    onStep(next.column);
  };
  const label = play.byStep
    ? l10n.t('Next position of the row')
    : play.playing
      ? l10n.t('Pause')
      : l10n.t('Play: walk along the row');
  return (
    <section class="beside" aria-label={l10n.t('The same position for a convolution')}>
      <fieldset class="line walk" aria-label={l10n.t('along row {0}', position.row)} onKeyDown={key}>
        <h3 class="num">{l10n.t('along row {0}', position.row)}</h3>
        <Button
          appearance="icon"
          icon={play.byStep ? 'debug-step-over' : play.playing ? 'debug-pause' : 'play'}
          label={label}
          onClick={play.press}
        />
      </fieldset>
      <div class="films">
        {films?.map(({ name, ...film }) => (
          <>
            <span class="quiet">{name}</span>
            <Film
              {...film}
              key={name}
              column={position.column}
              label={l10n.t('The kernels of {0} along row {1}; arrow keys step', name, position.row)}
              onStep={onStep}
              onKey={key}
            />
          </>
        ))}
      </div>
      {films && areAlike(films[0]!.stencils) && (
        <p>
          {l10n.t(
            'All positions of this row have the same kernel: the stages above show from where on the pixel no longer matters.',
          )}
        </p>
      )}
      {other ? (
        <>
          <h3>{l10n.t('The same position for a convolution')}</h3>
          <div class="pair">
            <Stencils
              name={layer.name}
              stencils={own}
              first={first}
              channels={layer.channels}
              kernelSize={layer.kernelSize}
              sentence={
                layer.groups === 1
                  ? l10n.t('One kernel for all channels, made anew at every position.')
                  : l10n.t('One kernel for all channels of a group, made anew at every position.')
              }
            />
            <Fixed other={other} channel={channel} />
          </div>
          {other.filters > 1 && (
            <Dropdown
              label={l10n.t('Filter of the convolution')}
              value={String(other.filter)}
              options={Array.from({ length: other.filters }, (_, f) => ({
                value: String(f),
                label: l10n.t('filter {0} of {1}', f + 1, other.filters),
              }))}
              onChange={(next) => setFilter(Number(next))}
            />
          )}
        </>
      ) : (
        other === null &&
        session.runName !== '' && (
          <p class="quiet">
            {l10n.t(
              'This run trained no convolution. Train one with it, and its stencil, the same at every position, stands here.',
            )}
          </p>
        )
      )}
    </section>
  );
}

function Fixed({ other, channel }: { other: Counterpart; channel: number }) {
  const shown = Math.min(channel, other.channels - 1);
  const first = Math.floor(shown / mostStencils) * mostStencils;
  const stencils = Array.from({ length: Math.min(mostStencils, other.channels - first) }, (_, i) =>
    ofChannel(other, first + i),
  );
  return (
    <Stencils
      name={`${other.layer} · ${modelTitle(other.model)}`}
      stencils={stencils}
      first={first}
      channels={other.channels}
      kernelSize={other.kernelSize}
      sentence={l10n.t('One stencil for each channel, the same at every position.')}
    />
  );
}

interface StencilsProps {
  name: string;
  stencils: readonly Float32Array[];
  /** The channel of the first. */
  first: number;
  channels: number;
  kernelSize: number;
  sentence: string;
}
function Stencils({ name, stencils, first, channels, kernelSize, sentence }: StencilsProps) {
  const limit = Math.max(...stencils.map(largest));
  const left = channels - first - stencils.length;
  return (
    <div class="stencils">
      <p class="name" title={name}>
        {name}
      </p>
      <div class="line">
        {stencils.map((values, i) => {
          const channel = channelName(first + i, channels);
          return (
            <figure key={channel}>
              <Raster
                values={values}
                columns={kernelSize}
                limit={limit}
                label={l10n.t('{0}, channel {1}', name, channel)}
                class="square"
              />
              <figcaption class="quiet num">{channel}</figcaption>
            </figure>
          );
        })}
        {left > 0 && <span class="quiet num">{l10n.t('and {0} more', left)}</span>}
      </div>
      <p class="quiet">{sentence}</p>
    </div>
  );
}

/** But for rounding. */
function areAlike([first, ...others]: readonly Float32Array[]): boolean {
  const rounding = 1e-5 * largest(first!);
  return others.every((stencil) =>
    stencil.every((weight, tap) => Math.abs(weight - first![tap]!) <= rounding),
  );
}

const ofChannel = ({ weights, channels }: Counterpart, channel: number): Float32Array =>
  ofGroup(weights, Math.min(channel, channels - 1), channels);
