import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { eventLineBytes, RunEvent } from '../../core/runs/events';
import { explained, isMissing } from '../files/explain';
import { PlainFolder } from '../files/plainFolder';

const newline = 0x0a;
const blockBytes = 1 << 20;

/**
 * Reads an event log that may be growing. A line counts once its newline is there: half a line that a writer is in the
 * middle of, or that a killed one left behind, is looked at again when the file has changed. A line that is longer than
 * any event's is passed over without being held. What is no regular file is a `FileError`.
 */
export class EventTail {
  #offset = 0;
  /** Beyond `offset`, within a line that is too long: where it is passed over from. */
  #passed = 0;
  #invalidLines = 0;
  /** What the file looked like when it was last read to its end. */
  #seen = '';
  #isBehind = false;
  readonly #folder: PlainFolder;
  readonly #name: string;

  constructor(private readonly path: string) {
    this.#folder = new PlainFolder(dirname(path));
    this.#name = basename(path);
  }

  /** Where the first byte lies that is not part of a whole line. */
  get offset(): number {
    return this.#offset;
  }

  /** Whole lines that are no events, skipped so far. */
  get invalidLines(): number {
    return this.#invalidLines;
  }

  /** The last call ended at its limit: there is more to read. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * The events since the last call, in at most about so many bytes of the log. A log that does not exist (yet) has none.
   */
  async read(mostBytes = Number.POSITIVE_INFINITY): Promise<RunEvent[]> {
    const file = await this.#folder.open(this.#name).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (!file) return [];
    try {
      const { ino, size, mtimeMs } = await file.stat();
      const look = `${ino} ${size} ${mtimeMs}`;
      if (look === this.#seen) return [];
      // It was cut: what was passed over is gone.
      if (size < this.#passed) this.#passed = 0;
      const events = await this.#readFrom(file, mostBytes);
      this.#seen = this.#isBehind ? '' : look;
      return events;
    } catch (error) {
      throw explained(error, 'read', this.path);
    } finally {
      await file.close();
    }
  }

  async #readFrom(file: FileHandle, mostBytes: number): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    const begin = Math.max(this.#offset, this.#passed);
    const buffer = Buffer.alloc(blockBytes);
    let rest: Buffer = Buffer.alloc(0);
    for (let position = begin; ; ) {
      this.#isBehind = position - begin >= mostBytes;
      if (this.#isBehind) return events;
      const { bytesRead } = await file.read(buffer, 0, blockBytes, position);
      if (bytesRead === 0) return events;
      position += bytesRead;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const whole = bytes.lastIndexOf(newline) + 1;
      rest = bytes.subarray(whole);
      if (whole > 0) {
        this.#acceptLines(bytes.subarray(0, whole), events);
        this.#passed = 0;
        this.#offset = position - rest.length;
      }
      if (this.#passed > 0 || rest.length > eventLineBytes) {
        rest = Buffer.alloc(0);
        this.#passed = position;
      }
    }
  }

  /** Of lines that end; the first may be the end of one whose beginning was passed over. */
  #acceptLines(bytes: Buffer, events: RunEvent[]): void {
    let start = 0;
    if (this.#passed > 0) {
      this.#invalidLines++;
      start = bytes.indexOf(newline) + 1;
    }
    for (let end = bytes.indexOf(newline, start); end !== -1; end = bytes.indexOf(newline, start)) {
      if (end - start > eventLineBytes) this.#invalidLines++;
      else if (end > start) this.#accept(bytes.toString('utf8', start, end), events);
      start = end + 1;
    }
  }

  #accept(line: string, events: RunEvent[]): void {
    const event = v.safeParse(RunEvent, parsed(line));
    if (event.success) events.push(event.output);
    else this.#invalidLines++;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
