import type { Scene } from './page';
import type { ThemeName } from './themes';

const themeNames: ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];
const sidePanel = { webview: 'dashboard', theme: 'dark', width: 260, height: 720 } as const;
const editorPanel = { webview: 'lab', theme: 'dark', width: 1200, height: 760 } as const;

const dashboards = [
  'empty',
  'parameters',
  'recipe',
  'folder',
  'models-one',
  'models-six',
  'models-twelve',
  'running-one',
  'running-six',
  'running-twelve',
  'untrusted',
  'preparing',
  'running',
  'paused',
  'stopped',
  'done',
  'failed',
  'crashed',
  'elsewhere',
  'unreachable',
];
const labs = [
  'charts',
  'charts-smooth',
  'charts-compared',
  'charts-one',
  'charts-six',
  'charts-twelve',
  'charts-compared-six',
  'charts-compared-five-six',
  'charts-working',
  'charts-failed',
  'charts-fresh',
  'charts-none',
  'models',
  'models-one',
  'models-six',
  'models-twelve',
  'kernels',
  'kernels-six',
  'kernels-attention',
  'kernels-rednet',
  'kernels-drin',
  'kernels-bare',
  'kernels-none',
  'kernels-none-bare',
  'kernels-diverging',
  'kernels-failed',
  'evaluation',
  'evaluation-six',
  'evaluation-compared-five-six',
  'evaluation-working',
  'evaluation-changed',
  'data',
  'data-skipped',
  'learn',
  'learn-none',
  'learn-second',
  'learn-third',
  'learn-fourth',
  'learn-fifth',
  'learn-sixth',
  'learn-toured',
];
const diagrams = ['inn', 'rednet', 'faulty', 'unread', 'empty'];
const sidePane = { webview: 'diagram', theme: 'dark', width: 600, height: 900 } as const;
const sections = [
  'charts',
  'charts-compared-five-six',
  'evaluation-compared-five-six',
  'models',
  'kernels',
  'evaluation',
  'data-skipped',
  'learn-second',
];

/** Every state, every theme, and both ends of the widths that people use. */
export const scenes: Scene[] = [
  ...dashboards.map((name): Scene => ({ ...sidePanel, story: `dashboard: ${name}` })),
  ...themeNames.flatMap((theme): Scene[] => [
    { ...sidePanel, theme, width: 220, story: 'dashboard: running' },
    { ...sidePanel, theme, width: 220, story: 'dashboard: parameters' },
  ]),
  ...['models-one', 'models-six', 'models-twelve', 'running-one', 'running-six', 'running-twelve'].map(
    (name): Scene => ({ ...sidePanel, width: 220, height: 1400, story: `dashboard: ${name}` }),
  ),
  { ...sidePanel, width: 220, height: 1400, story: 'dashboard: models-six', language: 'zh-cn' },
  { ...sidePanel, width: 220, story: 'dashboard: parameters', language: 'zh-cn' },
  { ...sidePanel, width: 220, story: 'dashboard: recipe' },
  { ...sidePanel, width: 220, story: 'dashboard: recipe', language: 'zh-cn' },
  { ...sidePanel, width: 220, story: 'dashboard: running', language: 'zh-cn' },
  { ...editorPanel, width: 220, height: 1400, story: 'lab: kernels' },
  { ...editorPanel, width: 220, height: 1400, story: 'lab: kernels', language: 'zh-cn' },
  ...diagrams.flatMap((name): Scene[] => [
    ...themeNames.map((theme) => ({ ...sidePane, theme, story: `diagram: ${name}` })),
    { ...sidePane, width: 220, story: `diagram: ${name}` },
  ]),
  { ...sidePane, language: 'zh-cn', story: 'diagram: faulty' },
  { ...editorPanel, width: 220, height: 1400, story: 'lab: learn-second' },
  { ...editorPanel, width: 220, height: 1400, story: 'lab: learn-second', language: 'zh-cn' },
  ...labs.map((name): Scene => ({ ...editorPanel, story: `lab: ${name}` })),
  ...sections.flatMap((name) => [
    ...themeNames.slice(1).map((theme): Scene => ({ ...editorPanel, theme, story: `lab: ${name}` })),
    { ...editorPanel, theme: 'light' as const, width: 700, height: 1000, story: `lab: ${name}` },
    { ...editorPanel, language: 'zh-cn' as const, story: `lab: ${name}` },
  ]),
];
