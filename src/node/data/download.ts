import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { type AssertHeld, TakenOverError } from '../exclusive';
import { explained, FileError } from '../files/explain';
import { Connections, connectionFailure, isHopeless, RefusedError } from './connection';

export interface DownloadOptions {
  /** Nothing longer is fetched, whatever the server says or sends. */
  readonly mostBytes: number;
  /** The file has exactly `mostBytes`. */
  readonly exact?: boolean;
  /** The server's certificate must be good, whatever the environment says. */
  readonly alwaysVerified?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (received: number, total: number | null) => void;
  /** Called before each write. */
  readonly assertHeld?: AssertHeld;
  /** A connection that is silent for so long counts as broken. */
  readonly silenceMilliseconds?: number;
}

/** So many broken connections in a row that brought nothing end the download. */
const fruitlessAttempts = 4;

/** What a part is a part of, beside it in `<part>.json`; without it only a length that is known beforehand tells. */
const Origin = v.object({
  url: v.string(),
  /** For If-Range: an ETag or a date; null: the server gave neither. */
  validator: v.nullable(v.string()),
  total: v.nullable(v.number()),
});
type Origin = v.InferOutput<typeof Origin>;

/**
 * Fetches `url` into the file `path`, and goes on where a broken connection, or an earlier process, left off, if the
 * server still has the same file. Whether the result is right is for the caller to check, who removes it with `removePart`.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { signal, alwaysVerified } = options;
  let connections: Connections | undefined;
  try {
    for (let fruitless = 0; ; ) {
      signal?.throwIfAborted();
      const before = await sizeOf(path);
      try {
        connections ??= new Connections(alwaysVerified);
        if (await fetchRest(url, path, before, connections, options)) break;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof FileError || error instanceof TakenOverError) throw error;
        fruitless = (await sizeOf(path)) > before ? 0 : fruitless + 1;
        if (fruitless >= fruitlessAttempts || isHopeless(error))
          throw new Error(l10n.t('{0} could not be fetched: {1}.', url, connectionFailure(error)));
        await wait(250 * 2 ** fruitless, undefined, { signal });
      }
    }
  } finally {
    await connections?.close();
  }
}

/** Forgets what was fetched of a file. */
export async function removePart(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(originFile(path), { force: true });
}

/** True when the file is complete; false when it has to be begun anew. */
async function fetchRest(
  url: string,
  path: string,
  size: number,
  connections: Connections,
  options: DownloadOptions,
): Promise<boolean> {
  const { signal, onProgress, mostBytes, exact, assertHeld, silenceMilliseconds = 30_000 } = options;
  const origin = size > 0 ? await readOrigin(path, url, exact ? mostBytes : null) : null;
  const offset = origin && size <= mostBytes ? size : 0;
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Error(l10n.t('the server went silent'))),
    silenceMilliseconds,
  );
  try {
    const headers = {
      'accept-encoding': 'identity',
      ...(offset > 0 && { range: `bytes=${offset}-` }),
      ...(offset > 0 && origin?.validator && { 'if-range': origin.validator }),
    };
    const response = await connections.get(
      url,
      headers,
      AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]),
    );
    const { statusCode, body } = response;
    const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(String(response.headers['content-range'] ?? ''));
    if (statusCode === 416) {
      // Nothing lies beyond what we have, or it is longer than the whole.
      body.destroy();
      if (offset > 0 && Number(range?.[2]) === offset) return true;
      await removePart(path);
      if (offset > 0) return false;
    }
    const status = `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd();
    const answer = l10n.t('the server answered {0}', status);
    if (statusCode >= 500 || statusCode === 429) throw new Error(answer);
    if (statusCode !== 200 && statusCode !== 206) throw new RefusedError(answer);
    const resumed = statusCode === 206;
    if (resumed && (Number(range?.[1]) !== offset || (origin?.total ?? null) !== Number(range?.[2]))) {
      body.destroy();
      await removePart(path);
      return false;
    }
    const length = response.headers['content-length'];
    const start = resumed ? offset : 0;
    const total = length === undefined ? null : start + Number(length);
    assertLength(total, options);
    if (!resumed) await begin(path, { url, validator: validatorOf(response.headers), total });

    const file = await open(path, resumed ? 'a' : 'w', 0o600).catch((error) => {
      throw explained(error, 'written', path);
    });
    let received = start;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        timer.refresh();
        received += chunk.length;
        if (received > mostBytes) {
          await removePart(path);
          assertLength(received, options);
        }
        assertHeld?.();
        await file.writeFile(chunk).catch((error) => {
          throw explained(error, 'written', path);
        });
        onProgress?.(received, total);
      }
    } finally {
      await file.close();
    }
    if (total !== null && received < total) throw new Error(l10n.t('the connection ended early'));
    return true;
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function assertLength(total: number | null, { mostBytes, exact }: DownloadOptions): void {
  if (total === null || (exact ? total === mostBytes : total <= mostBytes)) return;
  throw new RefusedError(
    exact
      ? l10n.t('it has {0} bytes or more instead of {1}', total, mostBytes)
      : l10n.t('it has more than {0} bytes', mostBytes),
  );
}

const originFile = (path: string) => `${path}.json`;

/** What is there of `url`; null when that is not known, and so not worth to go on with. */
async function readOrigin(path: string, url: string, known: number | null): Promise<Origin | null> {
  try {
    const origin = v.parse(Origin, JSON.parse(await readFile(originFile(path), 'utf8')));
    return origin.url === url ? origin : null;
  } catch {
    return known === null ? null : { url, validator: null, total: known };
  }
}

async function begin(path: string, origin: Origin): Promise<void> {
  try {
    await rm(path, { force: true });
    await writeFile(originFile(path), JSON.stringify(origin), { mode: 0o600 });
  } catch (error) {
    throw explained(error, 'written', path);
  }
}

/** A weak ETag says "much the same", which is not enough for bytes. */
function validatorOf({ etag, 'last-modified': date }: Record<string, string | string[] | undefined>) {
  const text = typeof etag === 'string' && !etag.startsWith('W/') ? etag : date;
  return typeof text === 'string' ? text : null;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}
