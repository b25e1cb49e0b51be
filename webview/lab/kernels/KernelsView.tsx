export function KernelsView(_: { active: boolean }) {
  return null;
}
