import { Command } from 'commander';
import type { ModelId } from '../core/network/model';
import { modelNames } from '../core/runs/spec';
import { jsonOption, modelsOption, positiveInteger } from './options';

interface SummaryOptions {
  model?: ModelId[];
  imageSize: number;
  classes: number;
  costs?: boolean;
  json?: boolean;
}

export function summaryCommand(): Command {
  return new Command('summary')
    .description("the models' layers, parameters and costs, as Keras prints them")
    .addOption(modelsOption())
    .option('--image-size <pixels>', 'side of the square images', positiveInteger, 32)
    .option('--classes <count>', 'how many classes are told apart', positiveInteger, 10)
    .option('--costs', 'multiply-accumulates and activation memory of each layer too')
    .addOption(jsonOption())
    .action(summary);
}

async function summary({
  model: names,
  imageSize,
  classes,
  costs = false,
  json,
}: SummaryOptions): Promise<void> {
  const [{ buildNetwork }, { presetNetwork }, { summarize }, { summaryTable }, { startEngine }] =
    await Promise.all([
      import('../core/network/build'),
      import('../core/network/presets/presets'),
      import('../core/network/summary'),
      import('../core/network/summaryTable'),
      import('../engines/select'),
    ]);
  // Layers make their weights on some engine; this one is always there.
  const engine = await startEngine('cpu');
  const summaries = (names ?? modelNames).map((name) => {
    const network = buildNetwork(presetNetwork(name), { inputShape: [imageSize, imageSize, 3], classes });
    const described = summarize(network);
    network.dispose();
    return described;
  });
  await engine.dispose();
  if (json) console.log(JSON.stringify(summaries.length === 1 ? summaries[0] : summaries));
  else console.log(summaries.map((each) => summaryTable(each, { costs })).join('\n'));
}
