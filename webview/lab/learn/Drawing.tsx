import * as l10n from '@vscode/l10n';
import type { TourStep } from '../../../src/protocol/lab';

/** A small picture of what a step says, where one helps. */
export function Drawing({ of }: { of: TourStep }) {
  switch (of) {
    case 'positions':
      return <WhoShares />;
    case 'pixel':
      return <Chain boxes={[l10n.t('pixel'), '1×1', 'BN', 'ReLU', '1×1', l10n.t('kernel')]} />;
    case 'attention':
      return <Chain boxes={['q, k', 'q·k / √d', 'softmax', l10n.t('kernel'), l10n.t('Σ kernel × values')]} />;
    default:
      return null;
  }
}

const cell = 9;
/** Shades of nine weights: of the one stencil of a convolution, and of two of an involution. */
const stencils = {
  same: [2, 5, 2, 5, 9, 5, 2, 5, 2],
  one: [9, 2, 1, 7, 5, 1, 9, 2, 1],
  other: [1, 1, 2, 2, 5, 8, 3, 9, 9],
};

function WhoShares() {
  const [convolution, involution] = [l10n.t('convolution'), l10n.t('involution')];
  return (
    <svg
      class="drawing"
      viewBox="0 0 360 96"
      role="img"
      aria-label={l10n.t(
        'Left, a convolution: the same kernel at two positions. Right, an involution: another kernel at each.',
      )}
    >
      <Field x={10} title={convolution} stencils={[stencils.same, stencils.same]} model="model2" />
      <Field x={190} title={involution} stencils={[stencils.one, stencils.other]} model="model1" />
    </svg>
  );
}

function Field(props: { x: number; title: string; stencils: readonly number[][]; model: string }) {
  const { x, title, stencils, model } = props;
  return (
    <g transform={`translate(${x} 0)`}>
      <text x={0} y={14} class="label">
        {title}
      </text>
      <rect x={0.5} y={22.5} width={159} height={70} class="frame" />
      {stencils.map((stencil, place) => (
        <g key={place} transform={`translate(${20 + 80 * place} ${30 + 24 * place})`}>
          {stencil.map((weight, tap) => (
            <rect
              key={tap}
              x={cell * (tap % 3)}
              y={cell * Math.floor(tap / 3)}
              width={cell}
              height={cell}
              class={`weight ${model}`}
              fill-opacity={weight / 10}
            />
          ))}
        </g>
      ))}
    </g>
  );
}

/** From left to right, each makes the next. */
function Chain({ boxes }: { boxes: readonly string[] }) {
  return (
    <ol class="chain">
      {boxes.map((box, i) => (
        <li key={i}>{box}</li>
      ))}
    </ol>
  );
}
