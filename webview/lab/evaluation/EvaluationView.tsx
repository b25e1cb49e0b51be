export function EvaluationView(_: { active: boolean }) {
  return null;
}
