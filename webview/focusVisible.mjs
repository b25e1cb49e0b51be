import { readFile } from 'node:fs/promises';

const probe = /export function canUseFocusVisible\(\) \{[\s\S]*?\n\}/;

/**
 * An esbuild plugin. To find out whether the browser knows `:focus-visible`, the toolkit's base library adds an inline
 * style, which the webviews' content security policy rightly refuses; it would then draw focus rings on every click.
 * Chromium has known it since version 86, so the answer is given here.
 */
export const focusVisible = {
  name: 'focus-visible',
  setup(build) {
    build.onLoad({ filter: /fast-web-utilities[\\/]dist[\\/]dom\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!probe.test(source))
        throw new Error(`${path} no longer has the probe that webview/focusVisible.mjs replaces.`);
      return { contents: source.replace(probe, 'export const canUseFocusVisible = () => true;') };
    });
  },
};
