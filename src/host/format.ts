import * as vscode from 'vscode';

/** "2 m 10 s": seconds as a person reads them, two units at most. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return vscode.l10n.t('{0} h {1} m', hours, minutes);
  if (minutes > 0) return vscode.l10n.t('{0} m {1} s', minutes, rest);
  return vscode.l10n.t('{0} s', rest);
}

/** "12 minutes ago", in the language of VS Code. */
export function ago(time: number, now: number): string {
  const relative = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto', style: 'short' });
  const seconds = (time - now) / 1000;
  const unit = agoUnits.find(([, size]) => Math.abs(seconds) >= size) ?? agoUnits[agoUnits.length - 1]!;
  return relative.format(Math.trunc(seconds / unit[1]), unit[0]);
}

const agoUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** 13,074, as VS Code's language writes it. */
export const count = (value: number): string => value.toLocaleString(vscode.env.language);

/** Accuracy as everywhere in the field: a fraction with four decimals while it ticks, two in a list. */
export const accuracy = (value: number | null | undefined, decimals: 2 | 4) =>
  value === null || value === undefined ? '–' : value.toFixed(decimals);
