import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainLines, plainText, singleLine } from '../../../src/host/plainText';

/** How VS Code finds links in notifications, progress titles and prompts (vs/base/common/linkedText.ts), and icons. */
const links = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
const icons = /\$\([a-z0-9-]+(?:~[a-z]+)?\)/i;

describe('text from outside, as the editor shows it', () => {
  it('runs no command, however a name asks for it', () => {
    const attack = '[x](command:workbench.action.terminal.new)';
    expect(attack).toMatch(links);
    expect(plainText(`Delete the run ${attack}?`)).toBe(
      'Delete the run [x] (command:workbench.action.terminal.new)?',
    );
    for (const hidden of ['\u200b', '\u202e', '\u2066', '\0', '\x1b', '\u{e0041}', '\ufeff', '\u2060'])
      expect(plainText(`[x]${hidden}(command:y)`)).toBe('[x] (command:y)');
    expect(plainText('[x]\n(command:y)')).toBe('[x] (command:y)');
  });

  it('has no link and no icon in it, whatever came', () => {
    const pieces = fc.constantFrom(
      ...['[', ']', '(', ')', '](', '[x]', 'command:a.b', 'https://e.vil', '$', '$(', 'sync~spin', '\\', ' '],
      ...['\u200b', '\u202e', '\n', '\u{e0028}', '\ud800', '"', '猫'],
    );
    const text = fc.array(fc.oneof(pieces, fc.string())).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (hostile) => {
        const shown = plainText(hostile);
        expect(shown).not.toMatch(links);
        expect(shown).not.toMatch(icons);
        expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]|\p{Cs}/u);
        expect(plainText(shown)).toBe(shown);
      }),
      { seed: 20, numRuns: 500 },
    );
  });

  it('reads as it was where nothing is wrong with it', () => {
    const sentence = 'Köln — 猫 und 🐈‍⬛: C:\\runs [a] (b), "100 %", $5, 2 × 2.';
    expect(plainText(sentence)).toBe(sentence);
    expect(plainLines('one\ntwo [x](command:y)')).toBe('one\ntwo [x] (command:y)');
  });

  it('is on one line and never too long', () => {
    expect(singleLine('a\r\nb\tc\u2028d')).toBe('a b c d');
    expect(singleLine('x'.repeat(1e6), 10)).toBe('xxxxxxxxxx…');
    expect(singleLine('🐈🐈', 1)).toBe('\ufffd…');
    expect(singleLine('\u202e\0\u200b')).toBe('');
  });
});

describe('the sources of the host', () => {
  /** What shows words that VS Code makes links or icons of, and who alone may call it. */
  const sinks: [RegExp, string[]][] = [
    [/\bshow(?:Information|Warning|Error)Message\b/, ['dialogs.ts']],
    [/\bshow(?:QuickPick|InputBox|WorkspaceFolderPick)\b/, ['dialogs.ts']],
    [/\bcreate(?:QuickPick|InputBox)\b/, []],
    [/\bwindow\.withProgress\b/, ['progress.ts']],
    [/\bsetStatusBarMessage\b/, []],
    [/\bwindow\.createStatusBarItem\b/, ['statusBar.ts']],
    [/\bMarkdownString\b/, ['runsTree.ts']],
    [/\bisTrusted\s*[:=](?!=)|\bsupportHtml\b|\bsupportThemeIcons\b/, []],
  ];
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?:host\b.*|extension)\.ts$/.test(file))
    .map((file) => [file, readFileSync(join('src', file), 'utf8')] as const);

  it('tell and ask through src/host/dialogs.ts and src/host/progress.ts only', () => {
    expect(files.length).toBeGreaterThan(30);
    for (const [file, text] of files)
      for (const [sink, allowed] of sinks)
        if (sink.test(text))
          expect(
            allowed.some((name) => file.endsWith(name)),
            `${file}: ${sink}`,
          ).toBe(true);
  });

  it('hold every one of those places', () => {
    const all = files.map(([, text]) => text).join('\n');
    for (const [sink, allowed] of sinks) if (allowed.length > 0) expect(all).toMatch(sink);
  });
});
