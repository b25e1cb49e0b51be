/** Theme token, without `--vscode-`, of layers of a kind; what has no weights of its own is quiet. */
const tokens: Readonly<Record<string, string>> = {
  involution: 'involutionLab-model1',
  convolution: 'involutionLab-model2',
  dense: 'involutionLab-model3',
};

export const kindColor = (kind: string): string => `var(--vscode-${tokens[kind] ?? 'editorWidget-border'})`;
