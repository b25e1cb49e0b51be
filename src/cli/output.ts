import { Console } from 'node:console';
import { closeSync, openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { explained } from '../node/files/explain';
import { exitCodes } from './exitCodes';
import { printableLines } from './printable';

/** Told when the output can't be written any more: nobody reads it, the terminal is closed, the disk is full. */
type LossListener = (error: NodeJS.ErrnoException) => void;

let onLoss: LossListener = endProgram;

/**
 * Lets nothing unprintable through the console, and makes the program outlive its streams as far as it has to: without
 * them most commands have nothing left to do and end; a training (`outliveOutput`) has.
 */
export function guardOutput(): void {
  process.stdout.on('error', (error) => onLoss(error));
  // There is no place left to say that nothing can be said.
  process.stderr.on('error', () => {});
  globalThis.console = new Console({ stdout: printer(process.stdout), stderr: printer(process.stderr) });
  letGoOfClosedTerminal();
}

/** From now on the listener decides what the loss of the output means. It is told once. */
export function outliveOutput(listener: LossListener): void {
  onLoss = (error) => {
    onLoss = () => {};
    listener(error);
  };
}

function printer(stream: NodeJS.WriteStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      try {
        stream.write(printableLines(text));
      } catch (error) {
        // Into a file it is written at once.
        stream.emit('error', error);
      }
      done();
    },
  });
}

function endProgram(error: NodeJS.ErrnoException): void {
  // Whoever reads our output may stop doing so: `involution runs | head`.
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  console.error(`involution: ${explained(error, 'written', 'The output').message}`);
  process.exit(exitCodes.failed);
}

/**
 * When it exits, Node sets terminals back to what they were, and aborts (SIGABRT, SIGSEGV) where that fails because the
 * terminal was closed. So such a one is not its terminal any more by then.
 */
function letGoOfClosedTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on('exit', () => {
    for (const fd of terminals) {
      if (isatty(fd)) continue;
      closeSync(fd);
      // The lowest number that is free: the same.
      openSync('/dev/null', 'r+');
    }
  });
}
