import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import type { Progress } from '../../src/protocol/worker';
import { percent } from './format';
import { Button, Icon } from './toolkit';

/** One sentence and one button. */
export function Empty({
  children,
  action,
  onAction,
}: {
  children: ComponentChildren;
  action?: string;
  onAction?: () => void;
}) {
  return (
    <div class="state">
      <p>{children}</p>
      {action && onAction && (
        <Button appearance="primary" onClick={onAction}>
          {action}
        </Button>
      )}
    </div>
  );
}

export function Working({
  progress,
  text,
  onCancel,
}: {
  progress?: Progress | null;
  text: string;
  onCancel?: () => void;
}) {
  const fraction = progress?.fraction ?? null;
  return (
    <div class="state" role="status">
      <p>
        {progress?.message || text}
        {fraction !== null && <span class="num"> {percent(fraction)}</span>}
      </p>
      <Bar fraction={fraction} label={text} />
      {onCancel && <Button onClick={onCancel}>{l10n.t('Cancel')}</Button>}
    </div>
  );
}

/** A progress bar; with a null fraction, one that only says that something is going on. */
export function Bar({ fraction, label }: { fraction: number | null; label: string }) {
  return (
    <div
      class={`bar ${fraction === null ? 'indefinite' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={fraction === null ? undefined : Math.round(fraction * 100)}
    >
      <div style={fraction === null ? undefined : { width: `${fraction * 100}%` }} />
    </div>
  );
}

interface FailedProps {
  what: string;
  why: string;
  onRetry?: () => void;
  onShowLog: () => void;
  /** Buttons for further ways out. */
  children?: ComponentChildren;
}
export function Failed({ what, why, onRetry, onShowLog, children }: FailedProps) {
  return (
    <div class="state failed" role="alert">
      <p class="what">
        <Icon name="error" /> {what}
      </p>
      <p class="why">{why}</p>
      <div class="actions">
        {onRetry && (
          <Button appearance="primary" onClick={onRetry}>
            {l10n.t('Retry')}
          </Button>
        )}
        {children}
        <Button onClick={onShowLog}>{l10n.t('Show Log')}</Button>
      </div>
    </div>
  );
}

export function Cancelled({ onRetry }: { onRetry: () => void }) {
  return (
    <Empty action={l10n.t('Start Again')} onAction={onRetry}>
      {l10n.t('Cancelled.')}
    </Empty>
  );
}
