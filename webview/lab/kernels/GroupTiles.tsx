import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import { extentOf } from '../../../src/core/kernels/heatmap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelSession } from '../../../src/core/kernels/session';
import { Button } from '../../shared/toolkit';
import { useLab } from '../context';
import { HeatTile, type TileContext } from './HeatTile';
import { useGroupMaps } from './useKernels';

/** Drawn at first; each press shows as many again, so that a layer of hundreds takes a few. */
const atFirst = 16;

interface GroupTilesProps extends TileContext {
  session: KernelSession;
  layer: KernelLayer;
}

/** A map for each group of a layer, small and on one scale. */
export function GroupTiles({ session, layer, ...tile }: GroupTilesProps) {
  const { statistic } = useLab().options;
  const [most, setMost] = useState(atFirst);
  const shown = Math.min(most, layer.groups);
  const [request] = useGroupMaps(session, layer, shown, statistic);
  const maps = request.kind === 'ready' ? request.value : [];
  const ends = maps.flatMap(extentOf);
  const extent = [Math.min(...ends), Math.max(...ends)] as const;
  return (
    <div class="group-tiles">
      {maps.map((map, group) => (
        <HeatTile
          {...tile}
          key={group}
          small
          picture={session.picture}
          layer={layer}
          map={map}
          extent={extent}
          name={l10n.t('group {0}', group + 1)}
        />
      ))}
      {(layer.groups > shown || most > atFirst) && (
        <p class="line">
          {layer.groups > shown && (
            <Button onClick={() => setMost(2 * shown)}>
              {l10n.t('Show More ({0} left)', layer.groups - shown)}
            </Button>
          )}
          {most > atFirst && <Button onClick={() => setMost(atFirst)}>{l10n.t('Show Fewer')}</Button>}
        </p>
      )}
    </div>
  );
}
