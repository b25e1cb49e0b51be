import { Command } from 'commander';
import { type AskedModels, addModelOptions } from './modelOptions';
import { jsonOption, positiveInteger } from './options';

interface SummaryOptions {
  imageSize: number;
  classes: number;
  costs?: boolean;
  json?: boolean;
}

export function summaryCommand(): Command {
  const command = new Command('summary').description(
    "the models' layers, parameters and costs, as Keras prints them",
  );
  const asked = addModelOptions(command);
  return command
    .option('--image-size <pixels>', 'side of the square images', positiveInteger, 32)
    .option('--classes <count>', 'how many classes are told apart', positiveInteger, 10)
    .option('--costs', 'multiply–accumulates and activation memory of each layer too')
    .addOption(jsonOption())
    .action((options: SummaryOptions) => summary(asked, options));
}

async function summary(
  asked: AskedModels,
  { imageSize, classes, costs = false, json }: SummaryOptions,
): Promise<void> {
  const models = await asked.models();
  const [{ buildNetwork }, { placeLayers }, { summarize }, { summaryTable }, { startEngine }] =
    await Promise.all([
      import('../core/network/build'),
      import('../core/network/place'),
      import('../core/network/summary'),
      import('../core/network/summaryTable'),
      import('../engines/select'),
    ]);
  const inputShape = [imageSize, imageSize, 3] as const;
  try {
    for (const { network } of models) placeLayers(network, inputShape, classes);
  } catch (error) {
    throw asked.explained(error);
  }
  await asked.saveNetworks(models);
  // Layers make their weights on some engine; this one is always there.
  const engine = await startEngine('cpu');
  const summaries = models.map((model) => {
    const network = buildNetwork(model.network, { inputShape, classes });
    const described = summarize(network);
    network.dispose();
    return described;
  });
  await engine.dispose();
  if (json) console.log(JSON.stringify(summaries.length === 1 ? summaries[0] : summaries));
  else console.log(summaries.map((each) => summaryTable(each, { costs })).join('\n'));
}
