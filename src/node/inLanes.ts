/** Enough to keep a disk busy; whoever shares the event loop is answered in between. */
const laneCount = 16;

/** Works through the items in order, this many at a time. The first error ends it. */
export async function inLanes<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  let hasFailed = false;
  const lane = async () => {
    for (let next = queue.next(); !next.done && !hasFailed; next = queue.next()) await work(next.value);
  };
  const lanes = Array.from({ length: laneCount }, () =>
    lane().catch((error) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.all(lanes);
}
