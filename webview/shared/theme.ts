import { useEffect, useState } from 'preact/hooks';

export type ThemeKind = 'dark' | 'light' | 'hc-dark' | 'hc-light';

/** What canvases need to know of the colour theme; everything else reads the tokens in CSS. */
export interface Theme {
  readonly kind: ThemeKind;
  readonly highContrast: boolean;
  readonly fontFamily: string;
  /** The value of `--vscode-<name>` in this theme; the foreground where a theme leaves a token out. */
  color(name: string): string;
}

function kindOf(body: HTMLElement): ThemeKind {
  if (body.classList.contains('vscode-high-contrast-light')) return 'hc-light';
  if (body.classList.contains('vscode-high-contrast')) return 'hc-dark';
  return body.classList.contains('vscode-light') ? 'light' : 'dark';
}

export function readTheme(): Theme {
  const tokens = getComputedStyle(document.documentElement);
  const read = (name: string) => tokens.getPropertyValue(`--vscode-${name}`).trim();
  const kind = kindOf(document.body);
  /** Each is read once: whoever reads a style makes the browser bring all styles up to date. */
  const colors = new Map<string, string>();
  return {
    kind,
    highContrast: kind.startsWith('hc'),
    fontFamily: read('font-family'),
    color(name) {
      const known = colors.get(name) ?? (read(name) || read('foreground'));
      colors.set(name, known);
      return known;
    },
  };
}

/** VS Code sets the tokens on <html> and the kind on <body>, one after the other. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(readTheme()));
    observer.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
    observer.observe(document.body, { attributeFilter: ['class'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}
