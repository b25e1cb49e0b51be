import { rm } from 'node:fs/promises';
import type { EngineName } from '../../core/runs/spec';
import { Contestant } from './contestant';
import { assertSame, makePeerReference } from './peerReference';
import { median, spread } from './statistics';
import type { Candidate, Memory, Subject } from './subject';

export interface Peer {
  readonly name: string;
  readonly msPerStep: number;
  /** Our time by theirs: the median over the rounds, in each of which both ran within seconds of each other. */
  readonly ratio: number;
  readonly memory: Memory;
}

export interface Result {
  readonly engine: EngineName;
  readonly device: string;
  /** The median over the rounds, and the range of their middle half. */
  readonly msPerStep: number;
  readonly spread: number;
  readonly memory: Memory;
  readonly peers: Peer[];
}

export interface Effort {
  readonly rounds: number;
  /** Of each contestant in each round. */
  readonly seconds: number;
}

const isEngine = ({ candidate }: Entry) => 'engine' in candidate;

interface Entry {
  readonly candidate: Candidate;
  readonly contestant: Contestant;
  readonly times: number[];
}

/**
 * Times engines and peers on one subject. They take turns, round after round, so that whatever else the machine does
 * meets them all. One that can't take part is told of, and left out.
 * @throws Error where a peer's network is not the same as ours
 */
export async function tournament(
  engines: readonly EngineName[],
  peers: readonly Candidate[],
  subject: Subject,
  { rounds, seconds }: Effort,
  notice: (line: string) => void,
): Promise<Result[]> {
  const isCompared = peers.length > 0 && subject.kind !== 'operator';
  const reference = isCompared ? await makePeerReference(subject) : null;
  const entries: Entry[] = [];
  /** One that fails is out. */
  const attempt = async (entry: Entry, action: (entry: Entry) => Promise<void>) => {
    try {
      await action(entry);
    } catch (error) {
      notice((error as Error).message);
      entries.splice(entries.indexOf(entry), 1);
      entry.contestant.kill();
    }
  };
  const withEach = async (action: (entry: Entry) => Promise<void>) => {
    for (const entry of [...entries]) await attempt(entry, action);
  };
  try {
    for (const candidate of [...engines.map((engine) => ({ engine })), ...peers]) {
      const contestant = new Contestant(candidate, subject, reference?.folder);
      const entry: Entry = { candidate, contestant, times: [] };
      entries.push(entry);
      await attempt(entry, ({ contestant }) => contestant.warmUp());
    }
    const taking = entries.filter((entry) => !isEngine(entry));
    if (reference) for (const { contestant } of taking) assertSame(contestant.ready, reference);
    for (let round = 0; round < rounds; round++)
      await withEach(async ({ contestant, times }) => {
        times.push(await contestant.measure(seconds));
      });
    const finished: (Entry & { memory: Memory })[] = [];
    await withEach(async (entry) => {
      finished.push({ ...entry, memory: await entry.contestant.end() });
    });
    return finished.filter(isEngine).map(({ candidate, contestant, times, memory }) => ({
      engine: (candidate as { engine: EngineName }).engine,
      device: contestant.ready.device,
      msPerStep: median(times),
      spread: spread(times),
      memory,
      peers: finished
        .filter((each) => !isEngine(each))
        .map((peer) => ({
          name: `${peer.contestant.ready.name}, ${peer.contestant.ready.device}`,
          msPerStep: median(peer.times),
          ratio: median(times.map((time, round) => time / peer.times[round]!)),
          memory: peer.memory,
        })),
    }));
  } finally {
    for (const { contestant } of entries) contestant.kill();
    if (reference) await rm(reference.folder, { recursive: true });
  }
}
