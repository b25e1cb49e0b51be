import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelSession } from '../../../src/core/kernels/session';
import type { ModelId } from '../../../src/core/network/model';
import { Dropdown } from '../../shared/Dropdown';
import { modelTitle } from '../../shared/names';
import { useRequest } from '../../shared/request';
import { Button } from '../../shared/toolkit';
import { Answer } from '../Answer';
import { useLab } from '../context';
import { baseName } from '../kernels/KernelRow';
import { type Source, sourceKey, useKernelSession } from '../kernels/useKernels';
import { host } from '../link';
import { useRunChoice } from '../useRunChoice';
import { Pointing } from './Pointing';
import { stencilsOf } from './stencils';
import type { Step, Verdict } from './step';

type PositionStep = Extract<Step, { points: 'position' }>;
interface AskPositionProps {
  step: PositionStep;
  onVerdict: (verdict: Verdict) => void;
}

/** So many of the run's validation images are offered, beside those that were picked. */
const examples = 4;

/** A question about a kernel of an image: of which image, model and layer is chosen here. */
export function AskPosition({ step, onVerdict }: AskPositionProps) {
  const { subject, setImages } = useLab();
  const [run, runPicker] = useRunChoice();
  const [chosenSource, setSource] = useState('');
  const [model, setModel] = useState<ModelId | null>(null);
  const [chosenLayer, setLayer] = useState('');
  const sources: Source[] = [
    ...Array.from({ length: examples }, (_, validationIndex) => ({ validationIndex })),
    ...subject.images.map((file) => ({ file })),
  ];
  const source = sources.find((each) => sourceKey(each) === chosenSource) ?? sources[0]!;
  const question = { run: run.id, model, epoch: null, resolution: 'fit' } as const;
  const [request, controls] = useKernelSession(source, question, 'learn');
  const pickImages = async () => {
    const [file] = await host.pickImages();
    if (file === undefined) return;
    if (!subject.images.includes(file)) setImages([...subject.images, file]);
    setSource(file);
  };
  const choices = (session: KernelSession, layer: KernelLayer) => (
    <>
      {runPicker}
      {session.models.length > 1 && (
        <Dropdown
          label={l10n.t('Model')}
          value={session.model.id}
          options={session.models.map((each) => ({ value: each.id, label: modelTitle(each) }))}
          onChange={setModel}
        />
      )}
      <Dropdown
        label={l10n.t('Image')}
        value={sourceKey(source)}
        options={sources.map((each) => ({ value: sourceKey(each), label: nameOf(each) }))}
        onChange={setSource}
      />
      <Dropdown
        label={l10n.t('Layer')}
        value={layer.name}
        options={session.layers.map(({ name }) => ({ value: name, label: name }))}
        onChange={setLayer}
      />
      <Button onClick={pickImages}>{l10n.t('Pick Images…')}</Button>
    </>
  );
  const answer = (
    <Answer
      section="learn"
      request={request}
      controls={controls}
      doing={l10n.t('Generating the kernels of {0}…', nameOf(source))}
      failure={l10n.t("Couldn't generate the kernels of {0}.", nameOf(source))}
      run={run.id}
    >
      {(session) => (
        <Layer
          key={`${session.id}/${chosenLayer}`}
          step={step}
          session={session}
          chosen={session.layers.find(({ name }) => name === chosenLayer) ?? null}
          choices={(layer) => choices(session, layer)}
          onVerdict={onVerdict}
        />
      )}
    </Answer>
  );
  // A run of convolutions has no kernels, say: the ways out are another run and a training.
  if (request.kind !== 'failed') return answer;
  return (
    <>
      {answer}
      <div class="line choices">
        {runPicker}
        <Button onClick={() => host.trainFirst()}>{l10n.t('Train a Model')}</Button>
      </div>
    </>
  );
}

const nameOf = (source: Source): string =>
  'file' in source ? baseName(source.file) : l10n.t('validation image {0}', source.validationIndex);

interface LayerProps extends AskPositionProps {
  session: KernelSession;
  /** Null: the first that has a question. */
  chosen: KernelLayer | null;
  choices: (layer: KernelLayer) => preact.ComponentChildren;
}

/** So many layers are looked through for a question, from the first on: most have one, and each takes a while. */
const mostTried = 4;

/** All kernels of a layer, which the question looks through before it is asked. */
function Layer({ step, session, chosen, choices, onVerdict }: LayerProps) {
  const { id, layers } = session;
  const [request, controls] = useRequest(`${id}/${chosen?.name}`, async () => {
    const tried = chosen ? [chosen] : layers.slice(0, mostTried);
    const first = await lookThrough(step, session, tried[0]!);
    let found = first;
    for (const layer of tried.slice(1)) {
      if ('check' in found.asked) break;
      found = await lookThrough(step, session, layer);
    }
    return 'check' in found.asked ? found : first;
  });
  const name = chosen?.name ?? session.picture.caption;
  return (
    <Answer
      section="learn"
      request={request}
      controls={controls}
      doing={l10n.t('Generating the kernels of {0}…', name)}
      failure={l10n.t("Couldn't generate the kernels of {0}.", name)}
    >
      {({ layer, ...looked }) => (
        <Pointing
          {...looked}
          step={step}
          session={session}
          layer={layer}
          choices={choices(layer)}
          onVerdict={onVerdict}
        />
      )}
    </Answer>
  );
}

/** A layer's kernels, the picture of them, and what the step asks of them. */
async function lookThrough(step: PositionStep, { id }: KernelSession, layer: KernelLayer) {
  const rows = Array.from({ length: layer.height }, (_, row) => host.kernelRow(id, layer.name, row));
  const [map, ...all] = await Promise.all([host.kernelMap(id, layer.name, 0, null), ...rows]);
  const stencils = stencilsOf(all, layer);
  return { layer, map, stencils, asked: step.ask(stencils, layer) };
}
