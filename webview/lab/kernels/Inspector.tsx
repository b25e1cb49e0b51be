import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import { colorTable } from '../../../src/core/kernels/colormap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import { Dropdown } from '../../shared/Dropdown';
import { decimal, minus } from '../../shared/format';
import { Button } from '../../shared/toolkit';
import { type Arithmetic, arithmeticOf } from './arithmetic';
import { type Place, useKernelDetail } from './useKernels';

interface InspectorProps {
  place: Place | null;
  pinned: boolean;
  onRelease: () => void;
}

/** The kernel that was generated at one pixel, what it is applied to, and the sum. */
export function Inspector({ place, pinned, onRelease }: InspectorProps) {
  const [channel, setChannel] = useState(0);
  const explained = useKernelDetail(place);
  if (!explained) {
    return (
      <aside class="inspector">
        <p class="quiet">
          {l10n.t(
            'Point at a pixel, or move with the arrow keys, to see its kernel at work. A click holds it.',
          )}
        </p>
      </aside>
    );
  }
  const { layer, position } = explained.place;
  const names = channelNames(layer.channels);
  const shown = Math.min(channel, layer.channels - 1);
  const sum = arithmeticOf(explained.detail, shown, layer.groups);
  const pixel = l10n.t('pixel ({0}, {1}) of {2}', position.column, position.row, layer.name);
  return (
    <aside class="inspector">
      <div class="line">
        <h3 class="num">{pixel}</h3>
        {pinned && <Button appearance="icon" icon="pinned" label={l10n.t('Let Go')} onClick={onRelease} />}
      </div>
      <Matrices sum={sum} layer={layer} />
      <p class="num">
        Σ = <strong>{decimal(sum.computed, 4)}</strong> ({names[shown]})
      </p>
      {layer.projects.output && (
        <p class="num">
          {l10n.t('The layer projects these sums: its output is {0}.', decimal(sum.output, 4))}
        </p>
      )}
      <p class="quiet num">{expression(sum)}</p>
      <div class="line">
        {layer.channels > 1 && (
          <Dropdown
            label={l10n.t('Channel')}
            value={String(shown)}
            options={names.map((name, c) => ({ value: String(c), label: l10n.t('channel {0}', name) }))}
            onChange={(next) => setChannel(Number(next))}
          />
        )}
        <span class="quiet num">{l10n.t('group {0} of {1}', sum.group + 1, layer.groups)}</span>
      </div>
      <p class="visually-hidden" aria-live="polite">
        {pixel}: {decimal(sum.computed, 4)}
      </p>
    </aside>
  );
}

const channelNames = (channels: number): string[] =>
  channels === 3 ? ['R', 'G', 'B'] : Array.from({ length: channels }, (_, c) => String(c));

const largest = (values: readonly number[]) => Math.max(1e-12, ...values.map(Math.abs));

/** Decimals that leave the largest value two digits that count, and fit a cell. */
const decimalsFor = (values: readonly number[]) =>
  Math.min(4, Math.max(2, 1 - Math.floor(Math.log10(largest(values)))));

/** "−.016": more than two decimals fit a cell without the zero before the point. */
const cellText = (value: number, decimals: number) =>
  decimals > 2 ? decimal(value, decimals).replace(/^(\D?)0\./, '$1.') : decimal(value, decimals);

function Matrices({ sum, layer }: { sum: Arithmetic; layer: KernelLayer }) {
  const { kernelSize: size, projects } = layer;
  return (
    <div class={`matrices ${size > 4 ? 'stacked' : ''}`}>
      <Matrix title={l10n.t('kernel')} values={sum.kernel} size={size} limit={largest(sum.kernel)} signed />
      <span class="operator">⊙</span>
      <Matrix
        title={projects.value ? l10n.t('values around it') : l10n.t('neighbourhood')}
        values={sum.neighbourhood}
        size={size}
        limit={projects.value ? largest(sum.neighbourhood) : Math.max(1, largest(sum.neighbourhood))}
        signed={projects.value}
      />
      <span class="operator">=</span>
      <Matrix
        title={l10n.t('products')}
        values={sum.products}
        size={size}
        limit={largest(sum.products)}
        signed
      />
    </div>
  );
}

interface MatrixProps {
  title: string;
  values: readonly number[];
  size: number;
  /** The magnitude that gets the full colour. */
  limit: number;
  /** Diverging colours around zero, else grey. */
  signed?: boolean;
}
function Matrix({ title, values, size, limit, signed = false }: MatrixProps) {
  const decimals = decimalsFor(values);
  const rows = Array.from({ length: size }, (_, r) => values.slice(r * size, (r + 1) * size));
  return (
    <table class="matrix num">
      <caption class="quiet">{title}</caption>
      <tbody>
        {rows.map((row, r) => (
          <tr key={r}>
            {row.map((value, c) => (
              <td key={c} style={cellColors(value / limit, signed)}>
                {cellText(value, decimals)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Background and a text colour that can be read on it. `share`: −1 … 1. */
function cellColors(share: number, signed: boolean): { background: string; color: string } {
  const clamped = Math.max(-1, Math.min(1, share));
  const table = colorTable('diverging');
  const at = 3 * Math.round(127.5 + 127.5 * clamped);
  const rgb = signed
    ? [...table.subarray(at, at + 3)]
    : Array<number>(3).fill(Math.round(255 * Math.abs(clamped)));
  const luminance = 0.299 * rgb[0]! + 0.587 * rgb[1]! + 0.114 * rgb[2]!;
  return { background: `rgb(${rgb.join(' ')})`, color: luminance > 140 ? '#000' : '#fff' };
}

/** "0.12 × 0.81 − 0.03 × 0.80 … = 0.447": the sum in full, as it is read out. */
function expression({ kernel, neighbourhood, sum }: Arithmetic): string {
  const [ofKernel, ofInput] = [decimalsFor(kernel), decimalsFor(neighbourhood)];
  const terms = kernel.map((weight, k) => {
    const factor = decimal(weight, ofKernel);
    const input = decimal(neighbourhood[k]!, ofInput);
    if (k === 0) return `${factor} × ${input}`;
    const [sign, size] = factor.startsWith(minus) ? [minus, factor.slice(1)] : ['+', factor];
    return ` ${sign} ${size} × ${input}`;
  });
  return `${terms.join('')} = ${decimal(sum, 4)}`;
}
