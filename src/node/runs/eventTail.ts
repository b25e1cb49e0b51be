import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { RunEvent } from '../../core/runs/events';
import { isMissing } from '../files/explain';

const newline = 0x0a;
const blockBytes = 1 << 20;

/**
 * Reads an event log that may be growing. A line counts once its newline is there: half a line that a writer is in the
 * middle of, or that a killed one left behind, is looked at again the next time.
 */
export class EventTail {
  #offset = 0;
  #invalidLines = 0;

  constructor(private readonly path: string) {}

  /** Where the first byte lies that is not part of a whole line. */
  get offset(): number {
    return this.#offset;
  }

  /** Whole lines that are no events, skipped so far. */
  get invalidLines(): number {
    return this.#invalidLines;
  }

  /** The events since the last call. A log that does not exist (yet) has none. */
  async read(): Promise<RunEvent[]> {
    const file = await open(this.path, 'r').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (!file) return [];
    try {
      const events: RunEvent[] = [];
      let rest = Buffer.alloc(0);
      for (let position = this.#offset; ; ) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(blockBytes), 0, blockBytes, position);
        if (bytesRead === 0) return events;
        position += bytesRead;
        const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const whole = bytes.lastIndexOf(newline) + 1;
        rest = bytes.subarray(whole);
        this.#offset += whole;
        for (const line of bytes.toString('utf8', 0, whole).split('\n')) if (line) this.#accept(line, events);
      }
    } finally {
      await file.close();
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
