import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { useRequest } from '../../shared/request';
import { Button } from '../../shared/toolkit';
import { useLab } from '../context';
import { host } from '../link';
import { PictureGrid } from '../Pictures';
import { DataWays } from '../RunData';

export interface Example {
  readonly index: number;
  readonly caption: string;
  readonly notes?: readonly string[];
}

interface ExamplesProps {
  title: ComponentChildren;
  run: string;
  examples: readonly Example[];
  /** What to say when there are none. */
  none: string;
  onClose?: () => void;
}

const mostShown = 48;

/** Validation images under a heading: those of a cell, or the most confident mistakes. */
export function Examples({ title, run, examples, none, onClose }: ExamplesProps) {
  const some = examples.slice(0, mostShown);
  const indices = some.map((example) => example.index);
  const { dataVersion } = useLab();
  const [request, { retry }] = useRequest(`${run}/${dataVersion}/${indices.join()}`, () =>
    indices.length > 0 ? host.validationImages(run, indices) : Promise.resolve([]),
  );
  const left = examples.length - some.length;
  return (
    <section class="examples">
      <div class="line">
        <h3>{title}</h3>
        {onClose && <Button appearance="icon" icon="close" label={l10n.t('Close')} onClick={onClose} />}
      </div>
      {examples.length === 0 && <p class="quiet">{none}</p>}
      {request.kind === 'working' && <p class="quiet">{l10n.t('Loading…')}</p>}
      {request.kind === 'failed' && (
        <p class="problem" role="alert">
          {l10n.t("Couldn't load the images: {0}", request.error)}{' '}
          <Button onClick={retry}>{l10n.t('Retry')}</Button> <DataWays run={run} ways={request.ways} />
        </p>
      )}
      {request.kind === 'ready' && (
        <PictureGrid
          pictures={request.value.map((picture, i) => ({ key: indices[i]!, picture, ...some[i]! }))}
        />
      )}
      {left > 0 && <p class="quiet">{l10n.t('… and {0} more', left)}</p>}
    </section>
  );
}
