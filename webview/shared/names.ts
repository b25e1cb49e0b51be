import * as l10n from '@vscode/l10n';
import type { ModelId } from '../../src/core/network/model';
import type { RunState } from '../../src/core/runs/events';
import type { Metric, SplitName } from '../../src/protocol/lab';

/** The field's terms, in the display language. */
export const modelLabel = (model: ModelId): string =>
  ({ involution: l10n.t('involution'), convolution: l10n.t('convolution') })[model];

export const splitLabel = (split: SplitName): string =>
  ({ train: l10n.t('train'), validation: l10n.t('validation') })[split];

export const metricLabel = (metric: Metric): string =>
  ({ loss: l10n.t('Loss'), accuracy: l10n.t('Accuracy') })[metric];

export const stateLabel = (state: RunState | 'interrupted' | 'idle' | 'saving'): string =>
  ({
    idle: l10n.t('idle'),
    preparing: l10n.t('preparing'),
    training: l10n.t('running'),
    paused: l10n.t('paused'),
    saving: l10n.t('saving'),
    stopped: l10n.t('stopped'),
    done: l10n.t('done'),
    failed: l10n.t('failed'),
    interrupted: l10n.t('interrupted'),
  })[state];
