import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { launchSelf } from './launch';
import type { LayerSubject, NetworkSubject, Ready } from './subject';

/** Ours, for peers to make theirs of and to compare it with (reference.ts says what is in the folder). */
export interface PeerReference {
  readonly folder: string;
  readonly parameters: number;
}

/** By how much of its largest value a peer's output may be another than ours: float32 rounds, layer after layer. */
const mostDifference = 1e-3;

/** Has it made in a process of its own, whose memory is free again when the contestants begin. */
export async function makePeerReference(subject: NetworkSubject | LayerSubject): Promise<PeerReference> {
  const folder = await mkdtemp(join(tmpdir(), 'involution-bench-'));
  try {
    const child = launchSelf(['bench-reference', folder]);
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(subject));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const said = out.split('\n').find((line) => line.startsWith('{'));
    if (!said) throw new Error(`There is nothing that peers could compare with: ${err.trim()}`);
    return { folder, parameters: (JSON.parse(said) as { parameters: number }).parameters };
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}

/** @throws Error where a peer has made another network of the same spec: its times would say nothing. */
export function assertSame(
  { name, parameters, difference }: Ready,
  reference: Pick<PeerReference, 'parameters'>,
): void {
  if (parameters !== reference.parameters)
    throw new Error(
      `${name} has made a network of ${parameters} parameters, ours has ${reference.parameters}: their times can't be compared.`,
    );
  if (difference == null)
    throw new Error(
      `The network of ${name} gives values that are no numbers for the same weights: their times can't be compared.`,
    );
  if (difference > mostDifference)
    throw new Error(
      `The network of ${name} gives another output than ours for the same weights, by ${(100 * difference).toPrecision(2)} % of the largest value: their times can't be compared.`,
    );
}
