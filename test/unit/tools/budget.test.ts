import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { pageSizes } from '../../../src/tools/packaging/budget';

type Output = Metafile['outputs'][string];
const output = (bytes: number, imports: Record<string, Output['imports'][number]['kind']>, entryPoint = '') =>
  ({
    ...{ bytes, inputs: {}, exports: [], ...(entryPoint && { entryPoint }) },
    imports: Object.entries(imports).map(([path, kind]) => ({ path, kind })),
  }) satisfies Output;

describe('the size of a page', () => {
  it('is that of all it loads before it draws; that of a part, what the page has not loaded yet', () => {
    const sizes = pageSizes({
      outputs: {
        'lab.js': output(7, { 'shared.js': 'import-statement', 'charts.js': 'dynamic-import' }, 'lab.tsx'),
        'shared.js': output(100, { 'core.js': 'import-statement' }),
        'core.js': output(20, {}),
        'charts.js': output(
          3,
          { 'plot.js': 'import-statement', 'core.js': 'import-statement' },
          'charts.tsx',
        ),
        'plot.js': output(50, { 'shared.js': 'import-statement' }),
        'lab.css': output(1000, {}, 'lab.tsx'),
      },
    });
    expect(sizes.map(({ what, bytes }) => [what, bytes])).toEqual([
      ['lab.js', 127],
      ['lab.js + charts.tsx', 53],
    ]);
  });
});
