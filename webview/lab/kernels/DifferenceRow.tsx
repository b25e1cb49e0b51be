import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import { differenceMap } from '../../../src/core/kernels/kernelMap';
import { HeatTile } from './HeatTile';
import { type Linked, type RowContent, tileOf } from './linked';

interface DifferenceRowProps extends Linked {
  first: RowContent;
  second: RowContent;
}

/** What the second network's kernels have beyond the first's: of the two that are picked, or of all, which have the same names. */
export function DifferenceRow({ first, second, ...linked }: DifferenceRowProps) {
  const differences = useMemo(
    () =>
      first.maps.flatMap((map, i) => {
        const other = second.maps[i];
        const difference = other ? differenceMap(map, other) : null;
        return difference ? [{ difference, layer: first.layers[i]!, other: second.layers[i]! }] : [];
      }),
    [first, second],
  );
  const { picture } = first.session;
  return (
    <section class="kernel-row">
      <div class="caption">
        <strong>{l10n.t('difference')}</strong>
        <span class="quiet">{l10n.t('the second less the first')}</span>
      </div>
      {differences.length === 0 ? (
        <p class="quiet">
          {l10n.t('There is none to show: the two maps are not of one size, or show different things.')}
        </p>
      ) : (
        <div class="tiles">
          <span />
          {differences.map(({ difference, layer, other }) => (
            <HeatTile
              {...tileOf(linked, layer)}
              key={layer.name}
              isDifference
              picture={picture}
              layer={layer}
              map={difference}
              name={layer.name === other.name ? layer.name : `${other.name} − ${layer.name}`}
              aspect={picture.width / picture.height}
            />
          ))}
        </div>
      )}
    </section>
  );
}
