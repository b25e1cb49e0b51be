import * as l10n from '@vscode/l10n';
import { extentOf, scaleOf } from '../../../src/core/kernels/heatmap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelSession } from '../../../src/core/kernels/session';
import { modelTitle } from '../../shared/names';
import { useLab } from '../context';
import { Heatmap } from './Heatmap';
import { useKernelMaps } from './useKernels';
import { useStripKeys } from './useStripKeys';

interface LayerStripProps {
  session: KernelSession;
  /** Another network stands beside it: whose layers these are has to be said. */
  isOneOfTwo: boolean;
  place: number;
  onPlace: (place: number) => void;
}

/** All layers at a glance, each as a small picture of what tells most of it; one is picked. Arrow keys move along. */
export function LayerStrip({ session, isOneOfTwo, place, onPlace }: LayerStripProps) {
  const { options } = useLab();
  const { layers } = session;
  const [request] = useKernelMaps(session, layers, 'all', 'own');
  const maps = request.kind === 'ready' ? request.value : [];
  const network = l10n.t('{0}, epoch {1}', modelTitle(session.model), session.epoch);
  const keys = useStripKeys(place, layers.length, onPlace);
  return (
    <div class="strip">
      <p class="num">
        {isOneOfTwo && <span>{network} · </span>}
        <strong>{layers[place]!.name}</strong>{' '}
        <span class="quiet">
          {l10n.t('layer {0} of {1}', place + 1, layers.length)} · {factsOf(layers[place]!)}
        </span>
      </p>
      <div
        class="strip-layers"
        role="toolbar"
        tabIndex={-1}
        aria-label={isOneOfTwo ? l10n.t('Layers of {0}', network) : l10n.t('Layers')}
        {...keys}
      >
        {layers.map((layer, i) => {
          const map = maps[i];
          const name = `${layer.name}: ${factsOf(layer)}`;
          return (
            <button
              key={layer.name}
              type="button"
              aria-pressed={i === place}
              aria-label={name}
              title={name}
              tabIndex={i === place ? 0 : -1}
              // Where the resolution changes there is a gap.
              class={i > 0 && layers[i - 1]!.height !== layer.height ? 'coarser' : ''}
              onClick={() => onPlace(i)}
            >
              {map && (
                <Heatmap
                  map={map}
                  scale={scaleOf(extentOf(map), { ...options, scale: 'image' })}
                  colorMap={options.colorMap}
                  opacity={1}
                />
              )}
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** "16×16, 4 groups, kernels 7×7". */
function factsOf({ height, width, groups, kernelSize, strides }: KernelLayer): string {
  return [
    `${height}×${width}`,
    groups === 1 ? l10n.t('1 group') : l10n.t('{0} groups', groups),
    l10n.t('kernels {0}×{0}', kernelSize),
    ...(strides > 1 ? [l10n.t('stride {0}', strides)] : []),
  ].join(', ');
}
