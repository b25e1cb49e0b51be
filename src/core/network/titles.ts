/** "RedNet (depth 26)": a preset's own title, for which the display language may have a word, and what differs from it. */
export function titleParts(title: string): readonly [own: string, changes: string] {
  const [, own = title, changes = ''] = /^(.+?)( \(.*\))?$/s.exec(title) ?? [];
  return [own, changes];
}
