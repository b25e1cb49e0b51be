/** What a person needs to know of a file format that networks can leave in; the hosts translate it. */
interface FormatWords {
  readonly title: string;
  readonly description: string;
  /** How its files end; '' is a folder. */
  readonly ending: string;
}

/** Each is written by a file of src/node/export. */
export const exportFormats = {
  tfjs: {
    title: 'TensorFlow.js',
    description: 'A folder with model.json and weights.bin, for tf.loadLayersModel.',
    ending: '',
  },
  keras: {
    title: 'Keras',
    description:
      'One file, for keras.saving.load_model in Python; for involutions also the source of their layer.',
    ending: '.keras',
  },
  safetensors: {
    title: 'safetensors',
    description: 'One file of named tensors, for any framework.',
    ending: '.safetensors',
  },
} as const satisfies Record<string, FormatWords>;
export type ExportFormat = keyof typeof exportFormats;
export const exportFormatNames = Object.keys(exportFormats) as ExportFormat[];
