import * as l10n from '@vscode/l10n';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, Icon } from '../../shared/toolkit';
import { useLab } from '../context';
import { host } from '../link';
import { AskCell } from './AskCell';
import { AskEpoch } from './AskEpoch';
import { AskPosition } from './AskPosition';
import { Drawing } from './Drawing';
import type { Step, Verdict } from './step';
import { steps } from './steps';

/** The tour: six pages, each with a question that one's own run answers. */
export function LearnView() {
  const { learned, setLearned } = useLab();
  const firstOpen = steps.findIndex(({ id }) => !learned.includes(id));
  const [at, setAt] = useState(Math.max(0, firstOpen));
  const heading = useRef<HTMLHeadingElement>(null);
  const moved = useRef(false);
  // Whoever goes on by keyboard goes on reading at the top of the page.
  useEffect(() => {
    if (moved.current) heading.current?.focus();
  }, [at]);
  const go = (to: number) => {
    moved.current = true;
    setAt(to);
  };
  const step = steps[at]!;
  const done = steps.filter(({ id }) => learned.includes(id)).length;
  const onVerdict = ({ right }: Verdict) => {
    if (right && !learned.includes(step.id)) setLearned([...learned, step.id]);
  };
  return (
    <div class="tour">
      <nav aria-label={l10n.t('Steps')}>
        <ol>
          {steps.map(({ id, title }, i) => (
            <li key={id}>
              <button type="button" aria-current={i === at ? 'step' : undefined} onClick={() => go(i)}>
                <Icon name={learned.includes(id) ? 'pass-filled' : 'circle-large-outline'} />
                <span>{title}</span>
                {learned.includes(id) && <span class="visually-hidden">{l10n.t('done')}</span>}
              </button>
            </li>
          ))}
        </ol>
        <p class="quiet num">
          {l10n.t('{0} of {1} done', done, steps.length)}
          {done > 0 && <Button onClick={() => setLearned([])}>{l10n.t('Begin Again')}</Button>}
        </p>
      </nav>
      <article>
        <h2 tabIndex={-1} ref={heading}>
          {at + 1}. {step.title}
        </h2>
        <Drawing of={step.id} />
        {step.paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <Asked key={step.id} step={step} onVerdict={onVerdict} />
        <div class="actions">
          {at > 0 && <Button onClick={() => go(at - 1)}>{l10n.t('Back')}</Button>}
          {at < steps.length - 1 && (
            <Button
              appearance={learned.includes(step.id) ? 'primary' : 'secondary'}
              onClick={() => go(at + 1)}
            >
              {l10n.t('Next')}
            </Button>
          )}
        </div>
        {done === steps.length && <Summary />}
      </article>
    </div>
  );
}

/** The step's question, or what there must be first. */
function Asked({ step, onVerdict }: { step: Step; onVerdict: (verdict: Verdict) => void }) {
  const { shown } = useLab();
  if (shown.length === 0)
    return (
      <section class="question" aria-label={l10n.t('Question')}>
        <p>
          {l10n.t(
            'The question is about a run of your own, and there is none yet. The first takes a minute.',
          )}
        </p>
        <Button appearance="primary" onClick={() => host.trainFirst()}>
          {l10n.t('Train a Model')}
        </Button>
      </section>
    );
  switch (step.points) {
    case 'epoch':
      return <AskEpoch step={step} onVerdict={onVerdict} />;
    case 'position':
      return <AskPosition step={step} onVerdict={onVerdict} />;
    case 'cell':
      return <AskCell step={step} onVerdict={onVerdict} />;
  }
}

function Summary() {
  return (
    <section class="summary" aria-label={l10n.t('What you can say now')}>
      <h3>{l10n.t('What you can say now')}</h3>
      <ul>
        {steps.map(({ id, learned }) => (
          <li key={id}>{learned}</li>
        ))}
      </ul>
    </section>
  );
}
