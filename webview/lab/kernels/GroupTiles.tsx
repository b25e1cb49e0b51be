import * as l10n from '@vscode/l10n';
import { extentOf } from '../../../src/core/kernels/heatmap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelSession } from '../../../src/core/kernels/session';
import { useLab } from '../context';
import { HeatTile, type TileContext } from './HeatTile';
import { useGroupMaps } from './useKernels';
import { useShownGroups } from './useShownGroups';

interface GroupTilesProps extends TileContext {
  session: KernelSession;
  layer: KernelLayer;
}

/** A map for each group of a layer, small and on one scale. */
export function GroupTiles({ session, layer, ...tile }: GroupTilesProps) {
  const { statistic } = useLab().options;
  const [shown, buttons] = useShownGroups(layer.groups);
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
      {buttons}
    </div>
  );
}
