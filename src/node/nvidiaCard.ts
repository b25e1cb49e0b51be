import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './programs.mjs';

/** The name of the first NVIDIA card; null where `nvidia-smi` finds none or is not there. */
export async function nvidiaCard(): Promise<string | null> {
  const program = findProgram(['nvidia-smi']);
  if (!program) return null;
  try {
    const query = ['--query-gpu=name', '--format=csv,noheader'];
    const { stdout } = await promisify(execFile)(program, query, { timeout: 10_000 });
    return stdout.split('\n')[0]!.trim() || null;
  } catch {
    return null;
  }
}
