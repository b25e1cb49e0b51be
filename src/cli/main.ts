#!/usr/bin/env node
import { Command } from 'commander';
import { labVersion } from '../node/runs/versions';
import { benchCommand, benchContestantCommand, benchReferenceCommand } from './bench';
import { runProgram } from './command';
import { dataCommand } from './data';
import { enginesCommand } from './engines';
import { evaluateCommand } from './evaluate';
import { exitCodes } from './exitCodes';
import { exportCommand } from './export';
import { kernelsCommand } from './kernels';
import { modelsCommand } from './models';
import { resumeCommand } from './resume';
import { runsCommand } from './runs';
import { summaryCommand } from './summary';
import { trainCommand } from './train';

const program = new Command('involution')
  .description('Train involution and convolution networks side by side and look inside their kernels.')
  .version(labVersion)
  .option('--debug', 'with an error, show where it came from')
  .addHelpText(
    'after',
    `
Exit codes: ${exitCodes.done} all went well, ${exitCodes.failed} it failed (one line says why), ${exitCodes.usage} the command was not understood,
${exitCodes.interrupted} it was interrupted; a training is saved then, and can be resumed.`,
  );

const commands = [
  trainCommand(),
  resumeCommand(),
  runsCommand(),
  modelsCommand(),
  summaryCommand(),
  kernelsCommand(),
  evaluateCommand(),
  dataCommand(),
  exportCommand(),
  enginesCommand(),
  benchCommand(),
];
for (const command of commands) program.addCommand(command);
program.addCommand(benchContestantCommand(), { hidden: true });
program.addCommand(benchReferenceCommand(), { hidden: true });

await runProgram(program);
