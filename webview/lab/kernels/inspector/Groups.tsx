import * as l10n from '@vscode/l10n';
import type { KernelLayer } from '../../../../src/core/kernels/kernelLayer';
import { largest } from './numbers';
import { Raster } from './Raster';
import { ofGroup } from './StageValues';

interface GroupsProps {
  /** K·K·G. */
  kernel: Float32Array;
  layer: KernelLayer;
  group: number;
  onGroup: (group: number) => void;
}

/** The position's kernels, one for each group of channels: a click looks at that group. */
export function Groups({ kernel, layer: { groups, kernelSize }, group, onGroup }: GroupsProps) {
  const limit = largest(kernel);
  return (
    <fieldset class="groups" aria-label={l10n.t('The kernels of all groups')}>
      {Array.from({ length: groups }, (_, each) => {
        const label = l10n.t('group {0} of {1}', each + 1, groups);
        return (
          <button
            key={each}
            type="button"
            title={label}
            aria-label={label}
            aria-pressed={each === group}
            onClick={() => onGroup(each)}
          >
            <Raster
              values={ofGroup(kernel, each, groups)}
              columns={kernelSize}
              limit={limit}
              label={label}
              class="square"
            />
          </button>
        );
      })}
    </fieldset>
  );
}
