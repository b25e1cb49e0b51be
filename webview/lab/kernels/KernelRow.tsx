import * as l10n from '@vscode/l10n';
import { useEffect } from 'preact/hooks';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelSession } from '../../../src/core/kernels/session';
import { shownRunName } from '../../../src/core/runs/runName';
import { percent } from '../../shared/format';
import { classTitle, modelTitle } from '../../shared/names';
import { Icon } from '../../shared/toolkit';
import { Answer } from '../Answer';
import { useLab } from '../context';
import { PictureCanvas } from '../Pictures';
import { GroupTiles } from './GroupTiles';
import { HeatTile } from './HeatTile';
import { type Linked, type RowContent, tileOf } from './linked';
import { Tile } from './Tile';
import { type KernelQuestion, type Source, useKernelMaps, useKernelSession } from './useKernels';

interface KernelRowProps extends Linked {
  source: Source;
  question: KernelQuestion;
  /** Those of the network's layers that are drawn. */
  shownLayers: (layers: readonly KernelLayer[]) => readonly KernelLayer[];
  group: number | 'all';
  /** What `onContent` knows the row by. */
  id: string;
  onContent: (id: string, content: RowContent | null) => void;
}

/** One image: the input, then a heatmap for every involution layer. */
export function KernelRow({ source, question, ...row }: KernelRowProps) {
  const [request, controls] = useKernelSession(source, question, 'kernels');
  const run = useLab().all.find(({ id }) => id === question.run);
  const name =
    'file' in source ? baseName(source.file) : l10n.t('validation image {0}', source.validationIndex);
  return (
    <Answer
      section="kernels"
      request={request}
      controls={controls}
      doing={l10n.t('Generating the kernels of {0}…', name)}
      failure={l10n.t("Couldn't generate the kernels of {0}.", name)}
      run={question.run}
    >
      {(session) => (
        <SessionRow
          {...row}
          source={source}
          name={name}
          session={session}
          // Deleted meanwhile: its kernels are still there.
          runName={run?.name ?? shownRunName(session.runName)}
        />
      )}
    </Answer>
  );
}

export const baseName = (file: string): string => file.split(/[/\\]/).at(-1)!;

type SessionRowProps = Omit<KernelRowProps, 'question'> & {
  name: string;
  session: KernelSession;
  runName: string;
};

function SessionRow({
  source,
  name,
  session,
  runName,
  shownLayers,
  group,
  id,
  onContent,
  ...linked
}: SessionRowProps) {
  const layers = shownLayers(session.layers);
  const [request, controls] = useKernelMaps(session, layers, group, useLab().options.statistic);
  const maps = request.kind === 'ready' ? request.value : null;
  // What is shown are the maps; they say for themselves which layers they are of.
  useEffect(() => {
    if (maps) onContent(id, { source, session, layers: maps.map(({ layer }) => layer), maps });
    return () => onContent(id, null);
  }, [onContent, id, source, session, maps]);

  const { picture } = session;
  const aspect = picture.width / picture.height;
  const first = layers[0]!;
  return (
    <section class="kernel-row">
      <div class="caption">
        <strong>{name}</strong>
        <span class="quiet num">{factsOf(session, runName)}</span>
        {!session.trained && (
          <span class="badge">
            <Icon name="beaker" /> {l10n.t('untrained')}
          </span>
        )}
        {session.dataChange !== null && (
          <span class="badge" title={session.dataChange}>
            <Icon name="warning" /> {l10n.t('the data has changed')}
          </span>
        )}
      </div>
      <div class="tiles">
        <Tile
          {...tileOf(linked, first)}
          aspect={aspect}
          title={l10n.t('input')}
          label={l10n.t('{0}; arrow keys move the pixel', classTitle(picture.caption))}
          grid={first}
          footer={<div class="legend quiet num">{`${picture.width} × ${picture.height}`}</div>}
        >
          <PictureCanvas picture={picture} />
        </Tile>
        <Answer
          section="kernels"
          request={request}
          controls={controls}
          doing={l10n.t('Generating the kernels of {0}…', name)}
          failure={l10n.t("Couldn't generate the kernels of {0}.", name)}
        >
          {(maps) =>
            maps.map((map) => (
              <HeatTile
                {...tileOf(linked, map.layer)}
                aspect={aspect}
                key={map.layer.name}
                picture={picture}
                layer={map.layer}
                map={map}
              />
            ))
          }
        </Answer>
      </div>
      {layers.length === 1 && first.groups > 1 && (
        <GroupTiles
          key={first.name}
          {...tileOf(linked, first)}
          aspect={aspect}
          session={session}
          layer={first}
        />
      )}
    </section>
  );
}

/** "epoch 14 of cifar10 inn+cnn · Involution · cat 62 %, dog 21 %". */
function factsOf({ trained, epoch, model, prediction }: KernelSession, run: string): string {
  const network = trained ? l10n.t('epoch {0} of {1}', epoch, run) : run;
  const likely = prediction
    .slice(0, 3)
    .map(({ name, probability }) => `${classTitle(name)} ${percent(probability)}`);
  return [network, modelTitle(model), likely.join(', ')].filter(Boolean).join(' · ');
}
