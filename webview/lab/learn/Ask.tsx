import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { Icon } from '../../shared/toolkit';
import type { Unasked, Verdict } from './step';

interface AskProps {
  /** What is asked, or why nothing is. */
  asked: { readonly text: string } | Unasked;
  verdict: Verdict | null;
  /** The choice of what is looked at. */
  controls?: ComponentChildren;
  /** What is pointed at. */
  children: ComponentChildren;
}

/** A question, what to point at, and what came of it. */
export function Ask({ asked, verdict, controls, children }: AskProps) {
  return (
    <section class="question" aria-label={l10n.t('Question')}>
      <p class="asked">{'text' in asked ? asked.text : asked.otherwise}</p>
      {controls && <div class="line choices">{controls}</div>}
      {children}
      <p class={`verdict ${verdict?.right ? 'right' : ''}`} role="status">
        {verdict && (
          <>
            <Icon name={verdict.right ? 'pass' : 'circle-slash'} />{' '}
            <strong>{verdict.right ? l10n.t('Right.') : l10n.t('Not yet.')}</strong> {verdict.why}
          </>
        )}
      </p>
    </section>
  );
}
