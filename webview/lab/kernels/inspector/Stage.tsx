import type { ComponentChildren } from 'preact';

/** What a stage is, in a sentence. */
export interface Told {
  /** Of the stage that is told about, while one is. */
  readonly open: string | null;
  onToggle(stage: string): void;
}

interface StageNameProps extends Told {
  id: string;
  title: string;
  formula: string;
  /** Of its values: "3×3". */
  shape: string;
}

/** A stage by name, and its shape: its formula by hover, its sentence by a click. */
export function StageName({ id, title, formula, shape, open, onToggle }: StageNameProps) {
  return (
    <>
      <button
        type="button"
        class="stage-name"
        title={formula}
        aria-expanded={open === id}
        onClick={() => onToggle(id)}
      >
        {title}
      </button>{' '}
      <span class="quiet num">{shape}</span>
    </>
  );
}

interface StageProps extends StageNameProps {
  sentence: string;
  children: ComponentChildren;
}

/** A step of the story: its name, what shape its values have, the values. */
export function Stage({ sentence, children, ...name }: StageProps) {
  return (
    <li class="stage">
      <StageName {...name} />
      <div class="stage-values num">{children}</div>
      {name.open === name.id && <Sentence sentence={sentence} formula={name.formula} />}
    </li>
  );
}

export function Sentence({ sentence, formula }: { sentence: string; formula: string }) {
  return (
    <p class="sentence quiet" aria-live="polite">
      {sentence} <span class="num">{formula}</span>
    </p>
  );
}
