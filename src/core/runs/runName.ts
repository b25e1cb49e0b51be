/** A run's name; "2026-11-24_08-15-02_shapes_rednet", the id that it is called by until it has one, as "shapes rednet 08:15". */
export function shownRunName(name: string): string {
  const [, hour, minute, rest] = /^\d{4}-\d\d-\d\d_(\d\d)-(\d\d)-\d\d_(.+)$/.exec(name) ?? [];
  return rest ? `${rest.replaceAll('_', ' ')} ${hour}:${minute}` : name;
}

/**
 * What each of these runs is called beside the others, by its id: the oldest one of a name has it as it is, those after it
 * as "shapes rednet 08:15 (2)".
 */
export function distinctNames(
  runs: readonly { readonly id: string; readonly name: string; readonly created: string }[],
): Map<string, string> {
  const alike = new Map<string, { readonly id: string; readonly began: number }[]>();
  for (const { id, name, created } of runs) {
    const run = { id, began: Date.parse(created) };
    const others = alike.get(name);
    if (others) others.push(run);
    else alike.set(name, [run]);
  }
  const names = new Map<string, string>();
  for (const [name, ofName] of alike) {
    const numbered = (count: number) => (count === 1 ? name : `${name} (${count})`);
    let count = 0;
    for (const { id } of ofName.sort((a, b) => a.began - b.began || (a.id < b.id ? -1 : 1))) {
      do count++;
      while (count > 1 && alike.has(numbered(count)));
      names.set(id, numbered(count));
    }
  }
  return names;
}
