import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { waysOf } from '../../src/protocol/wire';

export type Request<T> =
  | { readonly kind: 'working' }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: string; readonly ways: readonly string[] }
  | { readonly kind: 'cancelled' };

export interface RequestControls {
  retry(): void;
  /** Stops waiting; whatever still arrives is dropped. */
  abandon(): void;
}

/**
 * Loads on mount and whenever `key` changes. An answer to a question that is no longer asked is dropped. `hold` keeps the
 * old value on screen until the new one is there.
 */
export function useRequest<T>(
  key: string,
  load: () => Promise<T>,
  { hold = false } = {},
): readonly [Request<T>, RequestControls] {
  const [request, setRequest] = useState<Request<T>>({ kind: 'working' });
  const generation = useRef(0);
  const latest = useRef(load);
  latest.current = load;

  const start = useCallback(() => {
    const mine = ++generation.current;
    setRequest((old) => (hold && old.kind === 'ready' ? old : { kind: 'working' }));
    latest.current().then(
      (value) => generation.current === mine && setRequest({ kind: 'ready', value }),
      (error: unknown) =>
        generation.current === mine &&
        setRequest({ kind: 'failed', error: messageOf(error), ways: waysOf(error) }),
    );
  }, [hold]);

  // The key names what `load` loads.
  useEffect(() => {
    start();
    return () => {
      generation.current++;
    };
  }, [key, start]);

  const abandon = useCallback(() => {
    generation.current++;
    setRequest({ kind: 'cancelled' });
  }, []);
  return [request, { retry: start, abandon }];
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
