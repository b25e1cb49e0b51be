import * as l10n from '@vscode/l10n';
import type { KernelLayer } from '../../../../src/core/kernels/kernelLayer';
import { useShownGroups } from '../useShownGroups';
import { useStripKeys } from '../useStripKeys';
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

/** The position's kernels, one for each group of channels: a click, or an arrow key, looks at that group. */
export function Groups({ kernel, layer: { groups, kernelSize }, group, onGroup }: GroupsProps) {
  const limit = largest(kernel);
  const [shown, buttons] = useShownGroups(groups);
  const keys = useStripKeys(group, groups, onGroup);
  // That which is looked at is always drawn.
  const drawn = [...Array(shown).keys(), ...(group < shown ? [] : [group])];
  return (
    <>
      <div
        class="groups"
        role="toolbar"
        tabIndex={-1}
        aria-label={l10n.t('The kernels of all groups')}
        {...keys}
      >
        {drawn.map((each) => {
          const label = l10n.t('group {0} of {1}', each + 1, groups);
          return (
            <button
              key={each}
              type="button"
              title={label}
              aria-label={label}
              aria-pressed={each === group}
              tabIndex={each === group ? 0 : -1}
              // Those between are not drawn: there is a gap.
              class={each > shown ? 'beyond' : ''}
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
      </div>
      {buttons}
    </>
  );
}
