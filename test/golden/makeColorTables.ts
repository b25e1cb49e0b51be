// Makes src/core/kernels/colorTables.ts anew out of d3-scale-chromatic: `npx tsx test/golden/makeColorTables.ts`.
import { writeFileSync } from 'node:fs';
import { referenceTable } from './colorTables';

const rows = (name: 'viridis' | 'diverging') => {
  const hex = Buffer.from(referenceTable(name)).toString('hex');
  return [...hex.matchAll(/.{96}/g)].map(([row]) => `  '${row}',`).join('\n');
};

writeFileSync(
  'src/core/kernels/colorTables.ts',
  `// The colours of d3-scale-chromatic, 16 in a row, written out so that webviews need not load it. Made by test/golden/makeColorTables.ts.
export const viridis = [
${rows('viridis')}
].join('');

/** Blue, white, red. */
export const diverging = [
${rows('diverging')}
].join('');
`,
);
