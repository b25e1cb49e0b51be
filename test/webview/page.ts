import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { longCalls } from '../../src/protocol/calls';
import { dashboardCalls } from '../../src/protocol/dashboardCalls';
import { diagramCalls } from '../../src/protocol/diagramCalls';
import { labCalls } from '../../src/protocol/labCalls';
import { bodyClasses, type ThemeName, themes } from './themes';

const tables = { dashboard: dashboardCalls, lab: labCalls, diagram: diagramCalls };
export type Webview = keyof typeof tables;
export interface Scene {
  readonly webview: Webview;
  readonly theme: ThemeName;
  readonly width: number;
  readonly height: number;
  /** Which story the fake host tells; see its module. */
  readonly story: string;
  readonly language?: 'en' | 'zh-cn';
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const origin = 'http://webview.test';
const types: Record<string, string> = { '.css': 'text/css', '.js': 'text/javascript', '.ttf': 'font/ttf' };

/** Builds the two webviews as they ship, and the fake host beside them. */
export async function buildPages(): Promise<void> {
  execFileSync(process.execPath, ['src/tools/build/build.mjs', 'webviews'], { cwd: root, stdio: 'inherit' });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { fakeHost: 'test/webview/fakeHost.ts' },
    outdir: 'out/webview',
    bundle: true,
    format: 'iife',
    sourcemap: true,
  });
}

/** What the page says that it should not: violations of its policy, errors on its console, exceptions. */
export type Complaints = string[];

/** Opens a webview as VS Code would: the same policy, tokens on <html>, the theme's kind on <body>. `prepare` runs before it loads. */
export async function openScene(
  browser: Browser,
  scene: Scene,
  complaints: Complaints,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: scene.width, height: scene.height },
    deviceScaleFactor: 2,
    reducedMotion: 'reduce',
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${scene.story}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${scene.story}: ${error.message}`));
  await page.route(`${origin}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html(scene) });
    const folder = pathname.startsWith('/fakeHost') ? 'out/webview' : 'dist/webview';
    return route.fulfill({
      contentType: types[extname(pathname)] ?? 'application/octet-stream',
      body: readFileSync(join(root, folder, pathname)),
    });
  });
  await prepare(page);
  await page.goto(`${origin}/`);
  return page;
}

function html({ webview, theme, story, language = 'en' }: Scene): string {
  const policy = [
    "default-src 'none'",
    "script-src 'nonce-preview'",
    `style-src ${origin} 'nonce-preview'`,
    `font-src ${origin}`,
  ].join('; ');
  const tokens = Object.entries(themes[theme]).map(([name, value]) => `--vscode-${name}: ${value};`);
  const background = webview === 'dashboard' ? 'sideBar-background' : 'editor-background';
  const strings =
    language === 'en' ? '{}' : readFileSync(join(root, `media/l10n/bundle.l10n.${language}.json`), 'utf8');
  // The styles are what VS Code itself puts into every webview.
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta id="l10n" data-contents="${escapeAttribute(strings)}">
  <meta id="long-calls" data-names="${longCalls(tables[webview]).join(' ')}">
  <meta id="story" data-contents="${escapeAttribute(story)}">
  <style nonce="preview">
    :root { ${tokens.join(' ')} }
    html { background: var(--vscode-${background}); }
    body { margin: 0; padding: 0 20px; color: var(--vscode-editor-foreground); }
    ::-webkit-scrollbar { width: 10px; height: 10px; }
    ::-webkit-scrollbar-thumb { background-color: var(--vscode-scrollbarSlider-background); }
  </style>
  <link rel="stylesheet" href="${origin}/${webview}.css">
</head>
<body class="${bodyClasses[theme]}" data-vscode-theme-kind="${bodyClasses[theme].split(' ').at(-1)}">
  <div id="root"></div>
  <script nonce="preview" src="${origin}/fakeHost.js"></script>
  <script type="module" nonce="preview" src="${origin}/${webview}.js"></script>
</body>
</html>`;
}

const escapeAttribute = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
