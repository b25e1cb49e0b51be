import { cssColor } from './palette';

/** A piece of the line that it stands for: the model's colour, the split's dash. */
export function Swatch({ color, dash = [] }: { color: string; dash?: readonly number[] }) {
  return (
    <svg class="swatch" width="18" height="8" aria-hidden="true">
      <line
        x1="0"
        x2="18"
        y1="4"
        y2="4"
        style={{ stroke: cssColor({ color }) }}
        stroke-width="2"
        stroke-dasharray={dash.length > 0 ? dash.join(' ') : undefined}
      />
    </svg>
  );
}
