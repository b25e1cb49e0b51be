import type { Scene } from './page';
import type { ThemeName } from './themes';

const themeNames: ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];
const panel = { webview: 'dashboard', width: 260, height: 720 } as const;

const lab = { webview: 'lab', width: 1200, height: 720 } as const;

export const scenes: Scene[] = [
  ...[
    'charts',
    'charts-smooth',
    'charts-compared',
    'charts-working',
    'charts-failed',
    'charts-fresh',
    'charts-none',
  ].map((name): Scene => ({ ...lab, theme: 'dark', story: `lab: ${name}` })),
  { ...lab, width: 700, height: 900, theme: 'light', story: 'lab: charts-smooth' },
  ...themeNames.map((theme): Scene => ({ ...lab, theme, story: 'lab: charts' })),
  ...[
    'empty',
    'parameters',
    'folder',
    'untrusted',
    'preparing',
    'running',
    'paused',
    'stopped',
    'done',
    'failed',
    'crashed',
    'unreachable',
  ].map((name): Scene => ({ ...panel, theme: 'dark', story: `dashboard: ${name}` })),
  ...themeNames.map((theme): Scene => ({ ...panel, theme, width: 220, story: 'dashboard: running' })),
  ...themeNames.map((theme): Scene => ({ ...panel, theme, width: 220, story: 'dashboard: parameters' })),
];
