import { useLayoutEffect, useRef } from 'preact/hooks';

/** Arrow keys, Home and End on a strip of buttons of which one is pressed: they press another, and the focus goes along. */
export function useStripKeys(pressed: number, count: number, onPress: (place: number) => void) {
  const ref = useRef<HTMLDivElement>(null);
  const isStep = useRef(false);
  // The one that is pressed next may be drawn only because it is.
  useLayoutEffect(() => {
    if (isStep.current) ref.current!.querySelector<HTMLElement>('[aria-pressed="true"]')!.focus();
    isStep.current = false;
  }, [pressed]);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ...{ ArrowRight: pressed + 1, ArrowDown: pressed + 1, ArrowLeft: pressed - 1, ArrowUp: pressed - 1 },
      ...{ Home: 0, End: count - 1 },
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(count - 1, next));
    isStep.current = to !== pressed;
    onPress(to);
  };
  return { ref, onKeyDown };
}
