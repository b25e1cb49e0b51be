import { execFileSync } from 'node:child_process';

interface MapJson {
  readonly height: number;
  readonly width: number;
  readonly values: number[];
  readonly minimum: number;
  readonly maximum: number;
}

/** The kernel maps of an image under a run's newest checkpoint, layer by layer, as the headless command gives them. */
export function kernelMapsOf(runFolder: string, file: string): MapJson[] {
  const command = ['dist/involution.mjs', 'kernels', file, '--run', runFolder, '--engine', 'cpu', '--json'];
  const answer = JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }));
  return answer.images[0].layers;
}
