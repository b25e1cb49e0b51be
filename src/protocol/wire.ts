import type { ChannelOptions } from 'birpc';

/**
 * How messages of both hops (host ↔ worker, host ↔ webview) are put on the wire: as they are, typed arrays included,
 * but for errors. Neither VS Code's `postMessage` (which drops them) nor the structured clone of a fork (which keeps no
 * subclass) brings an error across, so it travels as a plain record and is an Error again on the other side. What helps
 * (`ways`) goes with it by name, for the other side to offer.
 */
export const wireFormat: Required<Pick<ChannelOptions, 'serialize' | 'deserialize'>> = {
  serialize: (message: Message) => ('e' in message ? { ...message, e: pack(message.e) } : message),
  deserialize: (message: Message) => ('e' in message ? { ...message, e: unpack(message.e) } : message),
};

/** birpc's reply; `e` is there when the call failed. */
type Message = Record<string, unknown>;

interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly ways: readonly string[];
}

/** What an error that came over the wire, or is to go there, says would help. */
export function waysOf(error: unknown): readonly string[] {
  const { ways } = (error ?? {}) as { ways?: unknown };
  return Array.isArray(ways) ? ways.filter((way) => typeof way === 'string') : [];
}

function pack(error: unknown): PackedError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: '', ways: [] };
  }
  return { name: error.name, message: error.message, stack: error.stack ?? '', ways: waysOf(error) };
}

function unpack(packed: unknown): Error {
  const { name, message, stack } = packed as PackedError;
  return Object.assign(new Error(message), { name, stack, ways: waysOf(packed) });
}
