import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ModelId } from '../../core/network/model';
import type { RunEvent } from '../../core/runs/events';
import { syncFile } from '../files/durable';
import { explained } from '../files/explain';
import { PlainFolder } from '../files/plainFolder';
import { EventTail } from './eventTail';

/** What a log already tells about one model. */
export interface LoggedProgress {
  step: number;
  epoch: number;
  ended: boolean;
}

/** A log that has just begun is being waited for: lines wait a tenth of its age, and 200 ms at most. */
const flushMilliseconds = (age: number) => Math.min(200, age / 10);

/**
 * The writer of an event log: the only one, its process holds the run's lock. Lines are written whole, in order, within
 * 200 ms. Events that are there already, because a resumed run repeats the steps after its checkpoint, are left out.
 */
export class EventLog {
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  readonly #opened = performance.now();
  #writing: Promise<void> = Promise.resolve();
  /** After a write that failed, half a line may stand there: nothing more may follow it. */
  #failure: Error | null = null;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly logged: Map<ModelId, LoggedProgress>,
    private readonly assertHeld: () => void,
  ) {}

  /**
   * Opens a log, gives what it holds so far, and cuts off half a line that a killed writer left at its end.
   * @param assertHeld throws when the run is no longer this process's to write to.
   */
  static async open(
    path: string,
    assertHeld: () => void = () => {},
  ): Promise<{ log: EventLog; events: RunEvent[] }> {
    // First of all: what is a link or a device is not even read.
    const file = await new PlainFolder(dirname(path)).openToAppend(basename(path));
    const tail = new EventTail(path);
    let events: RunEvent[];
    try {
      events = await tail.read();
      if (tail.offset < (await file.stat()).size) await file.truncate(tail.offset);
    } catch (error) {
      await file.close();
      throw explained(error, 'written', path);
    }
    const log = new EventLog(path, file, new Map(), assertHeld);
    for (const event of events) log.#isNew(event);
    return { log, events };
  }

  progress(model: ModelId): Readonly<LoggedProgress> {
    return this.#progressOf(model);
  }

  /** False when the event was there already. */
  append(event: RunEvent): boolean {
    if (this.#failure) throw this.#failure;
    if (!this.#isNew(event)) return false;
    this.#waiting.push(`${JSON.stringify(event)}\n`);
    const delay = flushMilliseconds(performance.now() - this.#opened);
    this.#timer ??= setTimeout(() => void this.#flush(), delay);
    return true;
  }

  /** Resolves when all that was appended is on the disk. */
  async sync(): Promise<void> {
    await this.#flush();
    if (this.#failure) throw this.#failure;
    await syncFile(this.file).catch((error) => {
      throw explained(error, 'written', this.path);
    });
  }

  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.file.close();
    }
  }

  #flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#writing = this.#writing.then(async () => {
      if (this.#failure || text === '') return;
      try {
        this.assertHeld();
        await this.file.appendFile(text);
      } catch (error) {
        this.#failure = explained(error, 'written', this.path);
      }
    });
    return this.#writing;
  }

  /** Whether the log lacks the event, which it will now have. */
  #isNew(event: RunEvent): boolean {
    if (event.type === 'status') return true;
    const progress = this.#progressOf(event.model);
    if (event.type === 'modelEnd') {
      const isNew = !progress.ended;
      progress.ended = true;
      return isNew;
    }
    const counter = event.type === 'batch' ? 'step' : 'epoch';
    if (event[counter] <= progress[counter]) return false;
    progress[counter] = event[counter];
    return true;
  }

  #progressOf(model: ModelId): LoggedProgress {
    let progress = this.logged.get(model);
    if (!progress) {
      progress = { step: 0, epoch: 0, ended: false };
      this.logged.set(model, progress);
    }
    return progress;
  }
}
