/** A run's name; "2026-11-24_08-15-02_shapes_rednet", the id that it is called by until it has one, as "shapes rednet 08:15". */
export function shownRunName(name: string): string {
  const [, hour, minute, rest] = /^\d{4}-\d\d-\d\d_(\d\d)-(\d\d)-\d\d_(.+)$/.exec(name) ?? [];
  return rest ? `${rest.replaceAll('_', ' ')} ${hour}:${minute}` : name;
}
