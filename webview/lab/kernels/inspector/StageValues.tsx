import * as l10n from '@vscode/l10n';
import type { KernelStage } from '../../../../src/core/involution/generators/explanation';
import { decimal } from '../../../shared/format';
import { Matrix } from './Matrix';
import { largest } from './numbers';
import { Raster } from './Raster';

/** More numbers than this in a row become colours. */
export const mostInWords = 5;
/** So many colours in a row. */
const mostAcross = 32;

interface StageValuesProps {
  stage: KernelStage;
  /** Whose stencil is shown, where there is one for each group. */
  group: number;
}

/** What a stage gives: numbers where they fit, else colours. */
export function StageValues({ stage: { shape, values }, group }: StageValuesProps) {
  const [first, , groups] = shape as [number, number?, number?];
  if (groups !== undefined) return <Grid values={ofGroup(values, group, groups)} side={Math.sqrt(first)} />;
  const columns = shape.length === 1 ? first : shape[1]!;
  if (shape.length === 1 && columns <= mostInWords) {
    const signed = values.some((value) => value < 0);
    const limit = signed ? largest(values) : Math.max(1, largest(values));
    return <Matrix values={[...values]} columns={columns} limit={limit} signed={signed} />;
  }
  return <Colours values={values} columns={shape.length === 1 ? Math.min(mostAcross, columns) : columns} />;
}

/** A stencil for each tap of a window, in numbers as far as they can be read. */
export function Grid({ values, side }: { values: Float32Array; side: number }) {
  return side <= mostInWords ? (
    <Matrix values={[...values]} columns={side} limit={largest(values)} signed />
  ) : (
    <Colours values={values} columns={side} square />
  );
}

function Colours({
  values,
  columns,
  square = false,
}: {
  values: Float32Array;
  columns: number;
  square?: boolean;
}) {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)].map((value) => decimal(value, 2));
  const text = `${least} … ${most}`;
  return (
    <span class="colours">
      <Raster
        values={values}
        columns={columns}
        limit={largest(values)}
        label={l10n.t('{0} values from {1} to {2}', values.length, least!, most!)}
        class={square ? 'square' : ''}
      />
      <span class="quiet num">{text}</span>
    </span>
  );
}

/** One group's of [taps, 1, G]. */
export function ofGroup(values: Float32Array, group: number, groups: number): Float32Array {
  return Float32Array.from({ length: values.length / groups }, (_, tap) => values[tap * groups + group]!);
}
