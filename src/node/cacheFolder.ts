import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads and installed engines are kept: `$INVOLUTION_LAB_CACHE`, else the user's cache folder. */
export function cacheFolder(): string {
  const chosen = process.env.INVOLUTION_LAB_CACHE;
  if (chosen) return chosen;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'involution-lab');
}
