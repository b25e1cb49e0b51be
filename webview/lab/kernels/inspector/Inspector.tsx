import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { KernelStage } from '../../../../src/core/involution/generators/explanation';
import type { KernelLayer } from '../../../../src/core/kernels/kernelLayer';
import { Dropdown } from '../../../shared/Dropdown';
import { decimal } from '../../../shared/format';
import { Button } from '../../../shared/toolkit';
import type { Position } from '../grid';
import { keyOf, type Place, useKernelDetail } from '../useKernels';
import { Application } from './Application';
import { arithmeticOf } from './arithmetic';
import { Beside } from './Beside';
import { Groups } from './Groups';
import { channelName, times } from './numbers';
import { Stage, type Told } from './Stage';
import { StageValues } from './StageValues';

interface InspectorProps {
  place: Place | null;
  pinned: boolean;
  onRelease: () => void;
  /** Holds another position of the same layer. */
  onHold: (position: Position) => void;
}

/** The story of one position: from the pixel to the kernel that is generated for it, what it is applied to, and the sum. */
export function Inspector({ place, pinned, onRelease, onHold }: InspectorProps) {
  const [channel, setChannel] = useState(0);
  const [open, setOpen] = useState<string | null>(null);
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
  const { detail } = explained;
  // Steps are taken from where the reader is, also while that place is still being explained.
  const goal = place && isSameLayer(place, explained.place) ? place : explained.place;
  const { layer, position } = explained.place;
  const shown = Math.min(channel, layer.channels - 1);
  const sum = arithmeticOf(detail, shown, layer.groups);
  const pixel = l10n.t('pixel ({0}, {1}) of {2}', position.column, position.row, layer.name);
  const told: Told = { open, onToggle: (stage) => setOpen(open === stage ? null : stage) };
  const { title, description, formula } = wordsOf(layer, 'kernel');
  return (
    <aside class="inspector">
      <div class="line">
        <h3 class="num">{pixel}</h3>
        {pinned && <Button appearance="icon" icon="pinned" label={l10n.t('Let Go')} onClick={onRelease} />}
      </div>
      {layer.channels > 1 && (
        <div class="line">
          <Dropdown
            label={l10n.t('Channel')}
            value={String(shown)}
            options={Array.from({ length: layer.channels }, (_, c) => ({
              value: String(c),
              label: l10n.t('channel {0}', channelName(c, layer.channels)),
            }))}
            onChange={(next) => setChannel(Number(next))}
          />
          <span class="quiet num">{l10n.t('group {0} of {1}', sum.group + 1, layer.groups)}</span>
        </div>
      )}
      <ol class="stages">
        {detail.stages.slice(0, -1).map((stage) => (
          <GeneratorStage key={stage.name} stage={stage} layer={layer} group={sum.group} told={told} />
        ))}
        <Application
          {...told}
          sum={sum}
          layer={layer}
          channel={shown}
          output={detail.output}
          made={{ sentence: l10n.t('{0}: {1}', title, description), formula }}
        >
          {layer.groups > 1 && (
            <Groups
              kernel={detail.kernel}
              layer={layer}
              group={sum.group}
              onGroup={(group) => setChannel(detail.groupOf.indexOf(group))}
            />
          )}
        </Application>
      </ol>
      <Beside
        place={goal}
        detail={detail}
        channel={shown}
        isShown={keyOf(place) === keyOf(explained.place)}
        onStep={(column) => onHold({ row: goal.position.row, column })}
      />
      <p class="visually-hidden" aria-live="polite">
        {pixel}: {decimal(sum.computed, 4)}
      </p>
    </aside>
  );
}

const isSameLayer = (a: Place, b: Place): boolean =>
  a.session.id === b.session.id && a.layer.name === b.layer.name;

interface GeneratorStageProps {
  stage: KernelStage;
  layer: KernelLayer;
  group: number;
  told: Told;
}
function GeneratorStage({ stage, layer, group, told }: GeneratorStageProps) {
  const { title, description, formula } = wordsOf(layer, stage.name);
  // The one between taps and groups says nothing.
  const shape = stage.shape.length === 3 ? [stage.shape[0]!, stage.shape[2]!] : stage.shape;
  return (
    <Stage
      {...told}
      id={stage.name}
      title={title}
      formula={formula}
      sentence={description}
      shape={times(...shape)}
    >
      <StageValues stage={stage} group={group} />
    </Stage>
  );
}

/** A stage's title, sentence and formula, in the display language. */
function wordsOf(layer: KernelLayer, stage: string) {
  const words = layer.stages[stage];
  if (words) return { ...words, title: l10n.t(words.title), description: l10n.t(words.description) };
  if (stage !== 'pixel')
    return { title: stage, description: l10n.t('What a function of one’s own gives.'), formula: 'h' };
  const description =
    layer.strides === 1
      ? l10n.t('What the layer gets at this position, in all its channels.')
      : l10n.t(
          'The mean of the {0}×{0} pixels that the stride takes as one, in all channels.',
          layer.strides,
        );
  return { title: l10n.t('Pixel'), description, formula: 'x' };
}
