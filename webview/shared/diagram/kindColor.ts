/** Theme token, without `--vscode-`, of layers of a kind; all others are plain. */
const tokens: Readonly<Record<string, string>> = {
  involution: 'involutionLab-model1',
  convolution: 'involutionLab-model2',
  dense: 'involutionLab-model3',
};

export const isPlain = (kind: string): boolean => !(kind in tokens);

export const kindColor = (kind: string): string => `var(--vscode-${tokens[kind] ?? 'descriptionForeground'})`;
