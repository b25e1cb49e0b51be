import type { Command } from 'commander';
import { UsageError } from '../core/usageError';
import { explained, type FileAction } from '../node/files/explain';
import { Ended, exitCodes } from './exitCodes';
import { ignoresHangup } from './hangup';
import { guardOutput } from './output';
import { printable } from './printable';

/** Parses the command line, runs what it asks for, and turns whatever goes wrong into one line and an exit code. */
export async function runProgram(program: Command): Promise<void> {
  guardOutput();
  if (ignoresHangup()) process.on('SIGHUP', () => {});
  for (const command of withSubcommands(program)) {
    // Commander has printed what is wrong, or the help that was asked for.
    command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.done : exitCodes.usage));
    command.showHelpAfterError(`("${nameOf(command)} --help" says more)`);
    command.configureOutput({
      writeOut: (text) => console.log(text.trimEnd()),
      writeErr: (text) => console.error(text.trimEnd()),
    });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof Ended) {
      process.exitCode = error.exitCode;
      return;
    }
    const { message, stack } = explainedSystemError(error);
    console.error(`involution: ${printable(message)}`);
    if (program.opts<{ debug?: boolean }>().debug) console.error(stack);
    process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

/** Nobody is told "ENOENT: no such file or directory, open …", also where no one thought of it. */
function explainedSystemError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { syscall, path } = error as NodeJS.ErrnoException;
  return path === undefined ? error : explained(error, actions[syscall ?? ''] ?? 'read', path);
}

const actions: Readonly<Record<string, FileAction>> = {
  ...{ mkdir: 'made', mkdtemp: 'made', link: 'made', symlink: 'made' },
  ...{ write: 'written', copyfile: 'written', ftruncate: 'written', fsync: 'written', futime: 'written' },
  ...{ rename: 'renamed', unlink: 'removed', rmdir: 'removed', rm: 'removed' },
};
