import * as l10n from '@vscode/l10n';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelSession } from '../../../src/core/kernels/session';
import { modelTitle } from '../../shared/names';
import type { Position } from '../kernels/grid';
import { Matrix } from '../kernels/inspector/Matrix';
import { channelName, largest } from '../kernels/inspector/numbers';
import { ofGroup } from '../kernels/inspector/StageValues';
import { useCounterpart } from '../kernels/useKernels';
import { type Stencils, stencilAt } from './stencils';

interface Fixed {
  readonly title: string;
  readonly model: string;
  readonly stencil: Float32Array;
}

interface ShownKernelsProps {
  stencils: Stencils;
  marked: Position | null;
  /** What is pointed at. */
  at: Position | null;
  /** What a convolution has at either position: the same. */
  fixed?: Fixed;
}

/** The kernel of the mark, if there is one, and that of what is pointed at. */
export function ShownKernels({ stencils, marked, at, fixed }: ShownKernelsProps) {
  const limit = Math.max(
    ...[marked, at].flatMap((place) => (place ? [largest(stencilAt(stencils, place))] : [])),
  );
  const of = (place: Position | null) => place && stencilAt(stencils, place);
  const shared = { limit, fixed };
  return (
    <>
      {marked && (
        <Kernel
          {...shared}
          title={l10n.t('marked: pixel ({0}, {1})', marked.column, marked.row)}
          stencil={of(marked)}
        />
      )}
      <Kernel
        {...shared}
        title={
          at ? l10n.t('pointed at: pixel ({0}, {1})', at.column, at.row) : l10n.t('pointed at: nothing yet')
        }
        stencil={of(at)}
      />
    </>
  );
}

interface BesideProps extends Omit<ShownKernelsProps, 'fixed'> {
  session: KernelSession;
  layer: KernelLayer;
}

/** The same, with what the run's convolution has at these positions beneath each. */
export function KernelsBesideConvolution({ session, layer, ...shown }: BesideProps) {
  const other = useCounterpart(session, layer, 0);
  const fixed = other && {
    title: l10n.t('{0}, channel {1}', other.layer, channelName(0, other.channels)),
    model: modelTitle(other.model),
    stencil: ofGroup(other.weights, 0, other.channels),
  };
  return (
    <>
      <ShownKernels {...shown} fixed={fixed ?? undefined} />
      {other === null && (
        <p class="quiet">
          {l10n.t(
            'This run trained no convolution. Train one with it, and its stencil, the same at every position, stands here.',
          )}
        </p>
      )}
    </>
  );
}

/** K×K weights, or room for them. */
function Kernel(props: { title: string; limit: number; stencil: Float32Array | null; fixed?: Fixed }) {
  const { title, limit, stencil, fixed } = props;
  return (
    <figure class="kernel-shown">
      <figcaption class="num">{title}</figcaption>
      {stencil && <Weights stencil={stencil} limit={limit} />}
      {stencil && fixed && (
        <>
          <figcaption class="num" title={fixed.model}>
            {fixed.title}
          </figcaption>
          <Weights stencil={fixed.stencil} limit={largest(fixed.stencil)} />
        </>
      )}
    </figure>
  );
}

const Weights = ({ stencil, limit }: { stencil: Float32Array; limit: number }) => (
  <Matrix values={[...stencil]} columns={Math.sqrt(stencil.length)} limit={limit} signed />
);
