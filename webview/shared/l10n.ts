import * as l10n from '@vscode/l10n';

// The host writes the display language's strings into a meta element; without one, the English keys are the text.
// Imported first by each main.tsx, so that every module already finds its strings.
const contents = document.querySelector<HTMLMetaElement>('meta#l10n')?.dataset.contents;
if (contents) l10n.config({ contents });
