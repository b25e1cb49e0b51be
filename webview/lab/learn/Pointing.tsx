import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { census, scaleOf } from '../../../src/core/kernels/heatmap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelMap } from '../../../src/core/kernels/kernelMap';
import type { KernelSession } from '../../../src/core/kernels/session';
import { kernelStatistics } from '../../../src/core/kernels/statistics';
import { classTitle } from '../../shared/names';
import { useLab } from '../context';
import { cellBox, type Position } from '../kernels/grid';
import { Heatmap } from '../kernels/Heatmap';
import { Tile } from '../kernels/Tile';
import { PictureCanvas } from '../Pictures';
import { Ask } from './Ask';
import { KernelsBesideConvolution, ShownKernels } from './ShownKernels';
import type { Stencils } from './stencils';
import type { PositionQuestion, Step, Unasked, Verdict } from './step';

interface PointingProps {
  step: Extract<Step, { points: 'position' }>;
  asked: PositionQuestion | Unasked;
  session: KernelSession;
  layer: KernelLayer;
  map: KernelMap;
  stencils: Stencils;
  choices: ComponentChildren;
  onVerdict: (verdict: Verdict) => void;
}

/** The image and its kernels' map, to point at; beside them the kernel under the pointer, and that of the mark. */
export function Pointing(props: PointingProps) {
  const { step, asked, session, layer, map, stencils, choices, onVerdict } = props;
  const { options } = useLab();
  const [hovered, setHovered] = useState<Position | null>(null);
  const [chosen, setChosen] = useState<Position | null>(null);
  const question = 'check' in asked ? asked : null;
  const verdict = question && chosen ? question.check(chosen) : null;
  const at = hovered ?? chosen;
  const point = (position: Position) => {
    setChosen(position);
    if (question) onVerdict(question.check(position));
  };
  const { picture } = session;
  const marked = question?.marked ?? null;
  const shared = {
    grid: layer,
    aspect: picture.width / picture.height,
    marker: at,
    pinned: hovered === null && chosen !== null,
    onMove: setHovered,
    onPin: point,
  };
  const mark = marked && <span class="mark" style={cellBox(marked, layer)} />;
  const scale = scaleOf(census(map.values).extent, options);
  const kernels = { stencils, marked, at };
  return (
    <Ask asked={asked} verdict={verdict} controls={choices}>
      <div class="pointing">
        <Tile
          {...shared}
          title={l10n.t('input')}
          label={l10n.t('{0}; arrow keys move the pixel, Enter answers', classTitle(picture.caption))}
        >
          <PictureCanvas picture={picture} />
          {mark}
        </Tile>
        <Tile
          {...shared}
          title={l10n.t('{0}, kernel {1}', layer.name, l10n.t(kernelStatistics[map.statistic].title))}
          label={l10n.t('{0}; arrow keys move the pixel, Enter answers', layer.name)}
        >
          <Heatmap map={map} scale={scale} colorMap={options.colorMap} opacity={1} />
          {mark}
        </Tile>
        {step.besideConvolution ? (
          <KernelsBesideConvolution {...kernels} session={session} layer={layer} />
        ) : (
          <ShownKernels {...kernels} />
        )}
      </div>
    </Ask>
  );
}
