import type { Drawn } from './kernels';

/** Of the values of a map, so many in a line: all of a large one would be too long for a string. */
const valuesPerLine = 65_536;

/** One JSON object, `{"folder":…,"images":[…]}`, printed image by image: none has to be held until the last one is there. */
export class KernelJson {
  #images = 0;

  readonly #opening: string;

  /** `folder` is the run's; null for a network of no run. */
  constructor(
    folder: string | null,
    private readonly group: number | undefined,
  ) {
    this.#opening = `${opened({ folder })},"images":[`;
  }

  add({ image, session, maps }: Drawn): void {
    const { runName, model, trained, epoch, prediction, layers } = session;
    const about = opened({ image, run: runName || null, model: model.id, trained, epoch, prediction });
    console.log(`${this.#images++ === 0 ? this.#opening : ','}${about},"layers":[`);
    for (const [i, { layer, map }] of maps.entries()) {
      const { statistic, minimum, maximum, constant, values } = map;
      const described = layers.find(({ name }) => name === layer)!;
      const head = opened({
        ...described,
        ...{ statistic, group: this.group ?? 'all', minimum, maximum, constant },
      });
      console.log(`${i === 0 ? '' : ','}${head},"values":[`);
      for (let from = 0; from < values.length; from += valuesPerLine) {
        // Values that are not finite are null, as JSON has no others.
        const line = JSON.stringify([...values.subarray(from, from + valuesPerLine)]).slice(1, -1);
        console.log(from === 0 ? line : `,${line}`);
      }
      console.log(']}');
    }
    console.log(']}');
  }

  end(): void {
    console.log(this.#images === 0 ? `${this.#opening}]}` : ']}');
  }
}

/** The object without its closing brace. */
const opened = (object: object) => JSON.stringify(object).slice(0, -1);
