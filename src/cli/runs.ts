import { Command } from 'commander';
import type { ListedRun } from '../node/runs/runList';
import { duration, measure } from './format';
import { jsonOption, runsOption } from './options';
import { runArgument } from './runOptions';
import { table } from './table';

export function runsCommand(): Command {
  const runs = new Command('runs')
    .description('list the runs, newest first')
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(list);
  runs
    .command('rename')
    .description('give a run a name')
    .addArgument(runArgument())
    .argument('<name>')
    .action(async (wanted: string, name: string, _, command: Command) => {
      const [{ findRun }, { renameRun }] = await Promise.all([
        import('../node/runs/runList'),
        import('../node/runs/runFolder'),
      ]);
      await renameRun((await findRun(runsFolderOf(command), wanted)).folder, name);
    });
  runs
    .command('delete')
    .description('delete a run with all its checkpoints')
    .addArgument(runArgument())
    .action(async (wanted: string, _, command: Command) => {
      const { deleteRun, findRun } = await import('../node/runs/runList');
      const { folder } = await findRun(runsFolderOf(command), wanted);
      await deleteRun(folder, { onNotice: (line) => console.error(line) });
      console.log(`Deleted ${folder}`);
    });
  return runs;
}

async function list({ runs: runsFolder, json }: { runs: string; json?: boolean }): Promise<void> {
  const { listRuns } = await import('../node/runs/runList');
  const { runs, unreadable } = await listRuns(runsFolder);
  if (json) console.log(JSON.stringify(runs.map(described)));
  else if (runs.length === 0)
    console.log(`There is no run in ${runsFolder} yet. Begin one: involution train`);
  else console.log(table([...columns], toldApart(runs).map(row)));
  for (const { reason } of unreadable) console.error(reason);
}

/** Runs of one name have their ids with it: by these they can be asked for. */
function toldApart(runs: readonly ListedRun[]): ListedRun[] {
  const [names, recurring] = [new Set<string>(), new Set<string>()];
  for (const { name } of runs) (names.has(name) ? recurring : names).add(name);
  return runs.map((run) => (recurring.has(run.name) ? { ...run, name: `${run.name} (${run.id})` } : run));
}

const columns = [
  { title: 'Run' },
  { title: 'State' },
  { title: 'Data' },
  { title: 'Engine' },
  { title: 'Epochs', align: 'right' },
  { title: 'Best accuracy' },
  { title: 'Time', align: 'right' },
] as const;

function row({ name, manifest, overview }: ListedRun): string[] {
  const best = manifest.spec.models.map(({ id }) => `${id} ${measure(overview.models[id]?.bestValAccuracy)}`);
  const epochs = Math.max(0, ...Object.values(overview.models).map((model) => model.epochs));
  return [
    name,
    overview.state,
    manifest.data.name,
    manifest.engine.name,
    `${epochs}/${manifest.spec.epochs}`,
    best.join(', '),
    duration(overview.seconds),
  ];
}

function described({ id, folder, name, manifest, overview, invalidLines }: ListedRun) {
  const { created, spec, data, engine } = manifest;
  return { id, name, folder, created, ...overview, spec, data, engine, invalidLines };
}

const runsFolderOf = (command: Command) => command.optsWithGlobals<{ runs: string }>().runs;
