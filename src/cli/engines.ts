import { Argument, Command } from 'commander';
import type { EngineReport } from '../core/runs/engineReport';
import { UsageError } from '../core/usageError';
import { jsonOption, path } from './options';
import { table } from './table';

export function enginesCommand(): Command {
  return new Command('engines')
    .description('what can compute on this machine, and why the rest can’t')
    .enablePositionalOptions()
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const { engineReports } = await import('../engines/select');
      const reports = await engineReports();
      console.log(json ? JSON.stringify(reports, null, 2) : reportTable(reports));
    })
    .addCommand(installCommand())
    .addCommand(removeCommand());
}

export function reportTable(reports: readonly EngineReport[]): string {
  const columns = ['Engine', 'Available', 'Device', 'Version'].map((title) => ({ title }));
  const rows = reports.map(({ name, available, device, version }) => [
    name,
    available ? 'yes' : 'no',
    device || '–',
    version || '–',
  ]);
  const reasons = reports
    .filter(({ available }) => !available)
    .map(({ name, reason, cure }) => `\n${name}: ${reason} ${cure}`);
  return [table(columns, rows), ...reasons].join('\n');
}

interface InstallOptions {
  readonly gpu?: boolean;
  readonly libtensorflow?: string;
  readonly download?: boolean;
  readonly json?: boolean;
}

function installCommand(): Command {
  return new Command('install')
    .description('install the tensorflow engine')
    .addArgument(tensorFlowArgument())
    .option('--gpu', 'for an NVIDIA GPU, with CUDA 11.2 unless --libtensorflow says otherwise')
    .option(
      '--libtensorflow <folder>',
      'link to this TensorFlow (pip’s "tensorflow" folder, or an unpacked libtensorflow); default: the one of the Python here, if it has one',
      path,
    )
    .option('--download', 'download the TensorFlow of 2022 that the binding was made for, whatever is here')
    .addOption(jsonOption())
    .action(async (_engine: string, { gpu = false, download = false, json, ...given }: InstallOptions) => {
      if (download && given.libtensorflow !== undefined)
        throw new UsageError(
          '--download fetches a TensorFlow, --libtensorflow links to one that is here: give one of them.',
        );
      const [{ installLog, installTensorFlow }, { findInstalledLibrary }] = await Promise.all([
        import('../engines/tensorflow/install'),
        import('../engines/tensorflow/installedLibrary'),
      ]);
      const found = download || given.libtensorflow !== undefined ? null : findInstalledLibrary();
      if (found)
        console.error(
          `Linking to TensorFlow ${found.version} in ${found.folder}. (--download fetches one instead.)`,
        );
      const libtensorflow = given.libtensorflow ?? found?.folder;
      const interruption = new AbortController();
      const interrupt = () =>
        interruption.abort(new Error('The installation was interrupted; nothing was changed.'));
      process.once('SIGINT', interrupt);
      process.once('SIGTERM', interrupt);
      const installed = await installTensorFlow({
        gpu,
        libtensorflow,
        signal: interruption.signal,
        onProgress: json ? () => {} : progressLine(),
      });
      if (json) {
        console.log(JSON.stringify(installed));
        return;
      }
      const { version, gpu: computesOnGpu, folder, bytes, libtensorflow: linked } = installed;
      console.log(`TensorFlow ${version} on the ${computesOnGpu ? 'GPU' : 'processor'}, in ${folder}`);
      console.log(
        `${megabytes(bytes)} on disk${linked ? `, linked to ${linked}` : ''}; log: ${installLog()}`,
      );
      if (gpu && !computesOnGpu)
        console.log('No GPU that it can use was found: until one is, the processor computes.');
    });
}

function removeCommand(): Command {
  return new Command('remove')
    .description('remove the tensorflow engine')
    .addArgument(tensorFlowArgument())
    .action(async () => {
      const { removeTensorFlow } = await import('../engines/tensorflow/engineFolder');
      const bytes = await removeTensorFlow();
      console.log(bytes > 0 ? `Removed; ${megabytes(bytes)} are free again.` : 'It is not installed.');
    });
}

const tensorFlowArgument = () => new Argument('<engine>', 'the engine').choices(['tensorflow']);

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** A terminal sees one line that changes; a file gets a line per step. */
function progressLine(): (progress: { message: string; fraction: number | null }) => void {
  let lastStep = '';
  return ({ message, fraction }) => {
    const [step] = message.split(':') as [string];
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${message}${fraction === 1 ? '\n' : ''}`);
    else if (step !== lastStep) process.stderr.write(`${step}\n`);
    lastStep = step;
  };
}
