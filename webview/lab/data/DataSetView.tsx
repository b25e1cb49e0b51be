export function DataSetView(_: { active: boolean }) {
  return null;
}
