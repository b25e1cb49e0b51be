export function ModelsView(_: { active: boolean }) {
  return null;
}
