import * as vscode from 'vscode';
import type { ModelId } from '../core/network/model';
import type { DataSpec, EngineName } from '../core/runs/spec';
import type { RunCard } from '../protocol/lab';

/** The words for things that have a name in code, in the language of VS Code. */

export function modelTitle(model: ModelId): string {
  return model === 'involution' ? vscode.l10n.t('involution') : vscode.l10n.t('convolution');
}

export function modelsTitle(models: readonly ModelId[]): string {
  return models.map(modelTitle).join(' + ');
}

export function stateTitle(state: RunCard['state']): string {
  switch (state) {
    case 'preparing':
      return vscode.l10n.t('preparing');
    case 'training':
      return vscode.l10n.t('training');
    case 'paused':
      return vscode.l10n.t('paused');
    case 'stopped':
      return vscode.l10n.t('stopped');
    case 'done':
      return vscode.l10n.t('done');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
  }
}

export function dataTitle(kind: DataSpec['kind']): string {
  switch (kind) {
    case 'shapes':
      return vscode.l10n.t('Built-in shapes');
    case 'cifar10':
      return 'CIFAR-10';
    case 'folder':
      return vscode.l10n.t('A folder of images');
  }
}

export const engineTitles: Record<EngineName, string> = {
  tensorflow: 'TensorFlow',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};
