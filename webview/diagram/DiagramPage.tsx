import * as l10n from '@vscode/l10n';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DiagramProblem, DiagramState } from '../../src/protocol/diagram';
import { Diagram } from '../shared/diagram/Diagram';
import { svgFile } from '../shared/diagram/svgFile';
import { count, integer } from '../shared/format';
import { vscode } from '../shared/rpc';
import { readTheme } from '../shared/theme';
import { Button, Icon } from '../shared/toolkit';
import { host, listen } from './link';

/** A network file as a picture, which follows the file; a layer that is clicked is where the cursor goes. */
export function DiagramPage() {
  const [state, setState] = useState<DiagramState | null>(null);
  const svg = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const show = (next: DiagramState) => {
      vscode.setState({ uri: next.uri });
      setState(next);
    };
    void host.ready().then(show);
    const ends = [
      listen('changed', show),
      listen('selected', (selected) => setState((last) => last && { ...last, selected })),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  const problems = state?.problems;
  const faults = useMemo(() => new Map(problems?.map(({ path, text }) => [path, text])), [problems]);
  if (!state) return null;

  const select = (selected: string, focus: boolean) => {
    setState({ ...state, selected });
    void host.reveal(selected, focus);
  };
  const save = () => {
    const bytes = new TextEncoder().encode(svgFile(svg.current!, readTheme().color('editor-background')));
    void host.save(`${state.file.replace(/\.involution\.json$/, '')}.svg`, bytes);
  };
  return (
    <main>
      <header class="line">
        <p class="quiet num">{summary(state)}</p>
        {state.layers.length > 0 && (
          <Button appearance="icon" icon="export" label={l10n.t('Save as SVG…')} onClick={save} />
        )}
      </header>
      <Problems problems={state.problems} onOpen={(path) => select(path, true)} />
      {state.layers.length === 0 ? (
        <p class="nothing quiet">{l10n.t('There is no layer yet that can be read.')}</p>
      ) : (
        <Diagram
          svg={svg}
          end={state.unread && l10n.t("From {0} on, the layers can't be read yet.", state.unread)}
          layers={state.layers}
          label={l10n.t('Layers of {0}', state.file)}
          faults={faults}
          selected={state.selected}
          onSelect={(path) => select(path, false)}
          onOpen={(path) => select(path, true)}
        />
      )}
    </main>
  );
}

function summary({ images: { shape, classes }, total }: DiagramState): string {
  const images = l10n.t('{0}, {1} classes', shape.join('×'), classes);
  if (!total) return images;
  const costs = l10n.t(
    '{0} parameters, {1} multiply–accumulates per image',
    integer(total.parameters),
    count(total.macs),
  );
  return `${images} · ${costs}`;
}

/** The rest stands in the file. */
const mostShown = 3;

function Problems({
  problems,
  onOpen,
}: {
  problems: readonly DiagramProblem[];
  onOpen: (path: string) => void;
}) {
  if (problems.length === 0) return null;
  const more = problems.length - mostShown;
  return (
    <ul class="problems">
      {problems.slice(0, mostShown).map(({ path, text, severity }) => (
        <li key={path + text}>
          <button type="button" onClick={() => onOpen(path)}>
            <Icon name={severity} /> <span class="quiet">{path}</span> {text}
          </button>
        </li>
      ))}
      {more > 0 && <li class="quiet">{l10n.t('and {0} more', more)}</li>}
    </ul>
  );
}
