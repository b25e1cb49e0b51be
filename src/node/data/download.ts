import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (received: number, total: number | null) => void;
  /** A connection that is silent for so long counts as broken. */
  readonly silenceMilliseconds?: number;
}

/** The server answered, and its answer will not change by asking again. */
class RefusedError extends Error {}

/** So many broken connections in a row that brought nothing end the download. */
const fruitlessAttempts = 4;

/**
 * Fetches `url` into the file `path`, and goes on where a broken connection, or an earlier process, left off: what
 * `path` holds already is taken as the beginning. Whether the result is right is for the caller to check.
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const { signal } = options;
  await mkdir(dirname(path), { recursive: true });
  for (let fruitless = 0; ; ) {
    signal?.throwIfAborted();
    const before = await sizeOf(path);
    try {
      if (await fetchRest(url, path, before, options)) return;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof RefusedError) throw error;
      fruitless = (await sizeOf(path)) > before ? 0 : fruitless + 1;
      if (fruitless >= fruitlessAttempts || isHopeless(error))
        throw new Error(`${url} could not be fetched: ${causeOf(error)}.`);
      await wait(250 * 2 ** fruitless, undefined, { signal });
    }
  }
}

/** True when the file is complete; false when it has to be begun anew. */
async function fetchRest(
  url: string,
  path: string,
  offset: number,
  { signal, onProgress, silenceMilliseconds = 30_000 }: DownloadOptions,
): Promise<boolean> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('the server went silent')), silenceMilliseconds);
  try {
    const response = await fetch(url, {
      headers: offset > 0 ? { range: `bytes=${offset}-` } : {},
      signal: AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]),
    });
    if (response.status === 416) {
      // Nothing lies beyond what we have, or it is longer than the whole.
      const whole = Number(/\*\/(\d+)/.exec(response.headers.get('content-range') ?? '')?.[1]);
      if (whole === offset) return true;
      await rm(path);
      return false;
    }
    if (response.status >= 500)
      throw new Error(`the server answered ${response.status} ${response.statusText}`);
    if (!response.ok || !response.body)
      throw new RefusedError(
        `${url} could not be fetched: the server answered ${response.status} ${response.statusText}.`,
      );
    const resumed = response.status === 206;
    let received = resumed ? offset : 0;
    const length = response.headers.get('content-length');
    const total = length === null ? null : received + Number(length);
    const count = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        timer.refresh();
        received += chunk.length;
        onProgress?.(received, total);
        yield chunk;
      }
    };
    await pipeline(
      Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
      count,
      createWriteStream(path, { flags: resumed ? 'a' : 'w' }),
    );
    if (total !== null && received < total) throw new Error('the connection ended early');
    return true;
  } finally {
    clearTimeout(timer);
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

/** No name, no route, no such server: asking again within seconds changes nothing. */
function isHopeless(error: unknown): boolean {
  const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  return ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'].includes(code);
}

/** fetch says "fetch failed" and keeps the reason in `cause`. */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
}
