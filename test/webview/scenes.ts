import type { Scene } from './page';
import type { ThemeName } from './themes';

const themeNames: ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];
const panel = { webview: 'dashboard', width: 260, height: 720 } as const;

export const scenes: Scene[] = [
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
