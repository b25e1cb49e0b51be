import { type Command, Option } from 'commander';
import type { DataSpec, RunSpecInput } from '../core/runs/spec';
import { UsageError } from '../core/usageError';
import { decimal, integer } from './options';

type Kind = DataSpec['kind'];

interface DataOption {
  readonly flags: string;
  readonly description: string;
  readonly parse: (text: string) => number;
  /** The data that it says something about. */
  readonly kinds: readonly Kind[];
}

/** What can be said of a data set, by the name that a spec has for it. */
const dataOptions = {
  imageSize: {
    flags: '--image-size <pixels>',
    description: 'images of a folder are resized to this square',
    parse: integer,
    kinds: ['folder'],
  },
  validationSplit: {
    flags: '--validation-split <fraction>',
    description: 'how much of a folder is held out',
    parse: decimal,
    kinds: ['folder'],
  },
  trainCount: {
    flags: '--train-count <images>',
    description: 'how many shapes are drawn for training',
    parse: integer,
    kinds: ['shapes'],
  },
  validationCount: {
    flags: '--validation-count <images>',
    description: 'how many shapes are drawn for validation',
    parse: integer,
    kinds: ['shapes'],
  },
} satisfies Record<string, DataOption>;

export type DataOptions = Partial<Record<keyof typeof dataOptions, number>>;

const namesOfKinds: Record<Kind, string> = {
  shapes: 'the built-in shapes',
  cifar10: 'CIFAR-10',
  folder: 'an image folder',
};

export function addDataOptions(command: Command): Command {
  for (const { flags, description, parse } of Object.values<DataOption>(dataOptions))
    command.addOption(new Option(flags, description).argParser(parse));
  return command;
}

/** The source with what is said of it. @throws UsageError for an option that would say nothing about such data */
export function specOfData(
  source: NonNullable<RunSpecInput['data']>,
  options: DataOptions,
): NonNullable<RunSpecInput['data']> {
  const said: DataOptions = {};
  for (const [name, option] of Object.entries<DataOption>(dataOptions)) {
    const value = options[name as keyof DataOptions];
    if (value === undefined) continue;
    assertMeantFor(option.flags, option.kinds, source.kind);
    said[name as keyof DataOptions] = value;
  }
  return { ...source, ...said };
}

/** @throws UsageError that names the option and the data that it is for */
export function assertMeantFor(flags: string, kinds: readonly Kind[], kind: Kind): void {
  if (kinds.includes(kind)) return;
  throw new UsageError(
    `${flags.split(' ')[0]} is for ${kinds.map((each) => namesOfKinds[each]).join(' or ')}; the data here is ${namesOfKinds[kind]}. Leave it out.`,
  );
}
