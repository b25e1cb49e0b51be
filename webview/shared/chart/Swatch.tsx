import { validationDash } from './palette';

/** A piece of the line that it stands for: the model's colour, the split's dash. */
export function Swatch({ color, dashed = false }: { color: string; dashed?: boolean }) {
  return (
    <svg class="swatch" width="18" height="8" aria-hidden="true">
      <line
        x1="0"
        x2="18"
        y1="4"
        y2="4"
        style={{ stroke: `var(--vscode-${color})` }}
        stroke-width="2"
        stroke-dasharray={dashed ? validationDash.join(' ') : undefined}
      />
    </svg>
  );
}
