import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import type { KernelLayer } from '../../../../src/core/kernels/kernelLayer';
import { decimal, minus } from '../../../shared/format';
import type { Arithmetic } from './arithmetic';
import { Matrix } from './Matrix';
import { channelName, decimalsFor, largest, times } from './numbers';
import { Sentence, Stage, StageName, type Told } from './Stage';
import { mostInWords, StageValues } from './StageValues';

interface ApplicationProps extends Told {
  sum: Arithmetic;
  layer: KernelLayer;
  channel: number;
  /** What the layer gives, channel by channel. */
  output: Float32Array;
  /** How the kernel comes about, the last stage of its generator. */
  made: { readonly sentence: string; readonly formula: string };
  /** What stands beneath the kernel. */
  children: ComponentChildren;
}

/** The kernel put to use: times what the window sees of one channel, tap by tap, and added up. */
export function Application(props: ApplicationProps) {
  const { sum, layer, channel, output, made, children, open, onToggle } = props;
  const { kernelSize: size, projects } = layer;
  const told = { open, onToggle };
  const window = times(size, size);
  const factors = [
    {
      ...{ id: 'kernel', title: l10n.t('kernel'), shape: window, signed: true, ...made },
      values: sum.kernel,
      limit: largest(sum.kernel),
    },
    {
      id: 'neighbourhood',
      title: projects.value ? l10n.t('values around it') : l10n.t('neighbourhood'),
      sentence: projects.value
        ? l10n.t('What the window sees of the values, a 1×1 convolution of the input; zero beyond the image.')
        : l10n.t('What the window sees of this channel; zero beyond the image.'),
      shape: window,
      formula: 'xⱼ',
      values: sum.neighbourhood,
      signed: projects.value,
      limit: projects.value ? largest(sum.neighbourhood) : Math.max(1, largest(sum.neighbourhood)),
    },
    {
      ...{ id: 'products', title: l10n.t('products'), shape: window, formula: 'hⱼ xⱼ', signed: true },
      sentence: l10n.t('Kernel times neighbourhood, tap by tap.'),
      values: sum.products,
      limit: largest(sum.products),
    },
  ];
  const chosen = factors.find(({ id }) => id === open);
  const name = channelName(channel, layer.channels);
  return (
    <>
      <li class="application">
        <div class={`matrices ${size > 4 ? 'stacked' : ''}`}>
          {factors.map(({ id, title, shape, formula, values, limit, signed }, i) => (
            <>
              {i > 0 && <span class="operator">{i === 1 ? '⊙' : '='}</span>}
              <div key={id}>
                <StageName {...told} id={id} title={title} formula={formula} shape={shape} />
                <Matrix values={values} columns={size} limit={limit} signed={signed} />
              </div>
            </>
          ))}
        </div>
        {chosen && <Sentence sentence={chosen.sentence} formula={chosen.formula} />}
        {children}
      </li>
      <Stage
        {...told}
        id="sum"
        title={l10n.t('sum')}
        shape={times(1)}
        formula="Σⱼ hⱼ xⱼ"
        sentence={l10n.t('All products added up, for this channel: {0}.', expression(sum))}
      >
        Σ = <strong>{decimal(sum.computed, 4)}</strong> ({name})
      </Stage>
      <Stage
        {...told}
        id="output"
        title={l10n.t('output')}
        shape={times(layer.channels)}
        formula={projects.output ? 'Wᵀ Σ + b' : 'y = Σ'}
        sentence={
          projects.output
            ? l10n.t('A 1×1 convolution of the sums of all channels is what the layer gives.')
            : l10n.t('What the layer gives at this position: for each channel its own sum.')
        }
      >
        <StageValues stage={{ name: 'output', shape: [layer.channels], values: output }} group={sum.group} />
        {layer.channels > mostInWords && (
          <>
            {decimal(sum.output, 4)} ({name})
          </>
        )}
      </Stage>
    </>
  );
}

/** "0.12 × 0.81 − 0.03 × 0.80 … = 0.447": the sum in full, as it is read out. */
function expression({ kernel, neighbourhood, sum }: Arithmetic): string {
  const [ofKernel, ofInput] = [decimalsFor(kernel), decimalsFor(neighbourhood)];
  const terms = kernel.map((weight, k) => {
    const factor = decimal(weight, ofKernel);
    const input = decimal(neighbourhood[k]!, ofInput);
    if (k === 0) return `${factor} × ${input}`;
    const [sign, size] = factor.startsWith(minus) ? [minus, factor.slice(1)] : ['+', factor];
    return ` ${sign} ${size} × ${input}`;
  });
  return `${terms.join('')} = ${decimal(sum, 4)}`;
}
