import * as l10n from '@vscode/l10n';
import { useRef, useState } from 'preact/hooks';
import type { LayerOutline } from '../../../src/core/diagram/outline';
import { Diagram } from '../../shared/diagram/Diagram';
import { svgFile } from '../../shared/diagram/svgFile';
import { fileName } from '../../shared/fileName';
import { readTheme } from '../../shared/theme';
import { Button } from '../../shared/toolkit';
import { host } from '../link';

/** The network of a model as boxes and edges, as high as the window lets it be. */
export function ModelDiagram({ title, layers }: { title: string; layers: readonly LayerOutline[] }) {
  const svg = useRef<SVGSVGElement>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const save = () => {
    const bytes = new TextEncoder().encode(svgFile(svg.current!, readTheme().color('editor-background')));
    void host.save(`${fileName(title)}.svg`, bytes);
  };
  return (
    <div class="model-diagram">
      <Button appearance="icon" icon="export" label={l10n.t('Save as SVG…')} onClick={save} />
      <Diagram
        svg={svg}
        layers={layers}
        label={l10n.t('Layers of the {0} network', title)}
        selected={selected}
        onSelect={setSelected}
      />
    </div>
  );
}
