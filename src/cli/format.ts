/** "0.4623"; a dash for what is not known. */
export const measure = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(4));

/** "13,074". */
export const grouped = (value: number) => value.toLocaleString('en-US');

/** "8.2 s", "2:05 min", "1:02:05 h". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)} h` : `${minutes}:${two(whole % 60)} min`;
}
