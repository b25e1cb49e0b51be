import { useEffect, useState } from 'preact/hooks';
import { useReducedMotion } from '../useReducedMotion';

/** How long each position stays, in milliseconds. */
const stepTime = 400;

export interface Play {
  readonly playing: boolean;
  /** The reader wants nothing to move by itself: then each press is one step. */
  readonly byStep: boolean;
  press(): void;
}

/** Walks along a row, from where it is to the end; from the end, all of it. The next step waits until this one is shown. */
export function usePlay(
  column: number,
  width: number,
  isShown: boolean,
  onStep: (column: number) => void,
): Play {
  const [playing, setPlaying] = useState(false);
  const byStep = useReducedMotion();
  const atEnd = column >= width - 1;
  useEffect(() => {
    if (!playing || !isShown) return;
    const timer = setTimeout(() => (atEnd ? setPlaying(false) : onStep(column + 1)), stepTime);
    return () => clearTimeout(timer);
  });
  const press = () => {
    if (byStep || (!playing && atEnd)) onStep(atEnd ? 0 : column + 1);
    setPlaying(!byStep && !playing);
  };
  return { playing: playing && !byStep, byStep, press };
}
