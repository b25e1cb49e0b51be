import * as l10n from '@vscode/l10n';
import type { DataPreview } from '../../../src/protocol/worker';
import { integer } from '../../shared/format';
import { classTitle } from '../../shared/names';
import { useRequest } from '../../shared/request';
import { Answer } from '../Answer';
import { useLab } from '../context';
import { host } from '../link';
import { PictureGrid } from '../Pictures';
import { DataChange } from '../RunData';
import { useRunChoice } from '../useRunChoice';
import { ClassBalance } from './ClassBalance';

export function DataSetView() {
  const [run, picker] = useRunChoice();
  const { dataVersion } = useLab();
  const [request, controls] = useRequest(`${run.id}/${dataVersion}`, () => host.dataPreview(run.id));
  return (
    <>
      {picker && <div class="toolbar">{picker}</div>}
      <Answer
        section="data"
        request={request}
        controls={controls}
        doing={l10n.t('Reading the data set…')}
        failure={l10n.t("Couldn't read the data set.")}
        run={run.id}
      >
        {(preview) => <Preview name={run.dataName} preview={preview} />}
      </Answer>
    </>
  );
}

function Preview({ name, preview }: { name: string; preview: DataPreview }) {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const counts = l10n.t(
    '{0} images for training, {1} for validation, {2} classes',
    integer(sum(preview.trainCounts)),
    integer(sum(preview.validationCounts)),
    preview.classes.length,
  );
  return (
    <div class="two-columns">
      <section>
        <h3>{name}</h3>
        <p class="num">{counts}</p>
        <p class="quiet">{preview.source}</p>
        <DataChange change={preview.dataChange} />
        <div class="preview">
          <PictureGrid
            pictures={preview.pictures.map((picture, key) => ({
              key,
              picture,
              caption: classTitle(picture.caption),
            }))}
          />
        </div>
      </section>
      <section>
        <ClassBalance preview={preview} />
        <Skipped files={preview.skipped} />
      </section>
    </div>
  );
}

/** A list beyond this is no longer read, and as elements it would hold the panel up. */
const mostShown = 200;

function Skipped({ files }: { files: DataPreview['skipped'] }) {
  return (
    <div class="skipped">
      <h3>{l10n.t('Skipped files')}</h3>
      {files.length === 0 ? (
        <p class="quiet">{l10n.t('None: every file could be used.')}</p>
      ) : (
        <ul>
          {files.slice(0, mostShown).map(({ path, reason }) => (
            <li key={path}>
              <code>{path}</code>
              <span class="quiet">{reason}</span>
            </li>
          ))}
          {files.length > mostShown && (
            <li class="quiet">{l10n.t('and {0} more', files.length - mostShown)}</li>
          )}
        </ul>
      )}
    </div>
  );
}
