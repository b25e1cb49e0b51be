import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { benchCommand } from '../../../src/cli/bench';
import { dataCommand } from '../../../src/cli/data';
import { enginesCommand } from '../../../src/cli/engines';
import { evaluateCommand } from '../../../src/cli/evaluate';
import { exportCommand } from '../../../src/cli/export';
import { kernelsCommand } from '../../../src/cli/kernels';
import { modelsCommand } from '../../../src/cli/models';
import { resumeCommand } from '../../../src/cli/resume';
import { runsCommand } from '../../../src/cli/runs';
import { summaryCommand } from '../../../src/cli/summary';
import { trainCommand } from '../../../src/cli/train';
import { involution as runCommand } from '../support/involution';

vi.setConfig({ testTimeout: 300_000 });

const commands = [
  ...[trainCommand, resumeCommand, runsCommand, modelsCommand, summaryCommand, kernelsCommand],
  ...[evaluateCommand, dataCommand, exportCommand, enginesCommand, benchCommand],
].map((make) => make());

const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
];

/** What a person would say as "$VARIABLE": named for what it takes. */
function pathsOf(command: Command): { name: string; said: Option | Argument }[] {
  const options = command.options.map((said) => ({ name: said.flags, said }));
  const places = command.registeredArguments.map((said) => ({ name: `<${said.name()}>`, said }));
  return [...options, ...places].filter(({ name }) =>
    /<(file|folder|path|python|run|source|image)>/.test(name),
  );
}

describe('whatever takes a path, or a run', () => {
  const all = commands
    .flatMap(withSubcommands)
    .flatMap((command) =>
      pathsOf(command).map(({ name, said }) => ({ what: `${command.name()} ${name}`, said })),
    );

  it('is some thirty', () => {
    expect(all.length).toBeGreaterThan(30);
  });

  it.each(all)('refuses to be empty: $what', ({ said: { parseArg } }) => {
    expect(() => parseArg!('', undefined as never)).toThrow('It must not be empty.');
  });
});

describe('a variable that is not set', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution paths '));
    const run = new URL('../../fixtures/version-1/runs/finished', import.meta.url);
    await cp(run, join(folder, '.involution', 'runs', 'only'), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [['data', ''], "command-argument value '' is invalid for argument 'source'. It must not be empty."],
    [['train', '--data', ''], "option '--data <source>' argument '' is invalid. It must not be empty."],
    [['export', '--out', ''], "option '--out <path>' argument '' is invalid. It must not be empty."],
    [['runs', '--runs', ''], "option '--runs <folder>' argument '' is invalid. It must not be empty."],
    // It would be the beginning of every identifier.
    [
      ['runs', 'delete', ''],
      "command-argument value '' is invalid for argument 'run'. It must not be empty.",
    ],
    [
      ['kernels', '--network', '', 'a.png', '--json'],
      "option '--network <file>' argument '' is invalid. It must not be empty.",
    ],
    [
      ['kernels', 'a.png', '', '--json'],
      "command-argument value '' is invalid for argument 'image'. It must not be empty.",
    ],
  ])('is no path: %j', async (words, message) => {
    const { code, out, err } = await runCommand(words, folder);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(await readdir(folder)).toEqual(['.involution']);
    expect(await readdir(join(folder, '.involution', 'runs'))).toEqual(['only']);
  });
});
