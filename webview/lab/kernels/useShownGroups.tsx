import * as l10n from '@vscode/l10n';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../../shared/toolkit';

/** Drawn at first; each press shows as many again, so that a layer of hundreds takes a few. */
const atFirst = 16;

/** How many of a layer's groups are drawn, and the buttons for more and fewer of them where there are more than at first. */
export function useShownGroups(groups: number): [shown: number, buttons: VNode | null] {
  const [most, setMost] = useState(atFirst);
  const shown = Math.min(most, groups);
  const buttons =
    groups > atFirst ? (
      <p class="line">
        {groups > shown && (
          <Button onClick={() => setMost(2 * shown)}>{l10n.t('Show More ({0} left)', groups - shown)}</Button>
        )}
        {most > atFirst && <Button onClick={() => setMost(atFirst)}>{l10n.t('Show Fewer')}</Button>}
      </p>
    ) : null;
  return [shown, buttons];
}
