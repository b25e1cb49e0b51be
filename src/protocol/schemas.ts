import * as v from 'valibot';
import { statisticNames } from '../core/kernels/statistics';

/** Of whichever system the other side may speak. */
const isAbsolute = (path: string) => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);

/** What arguments of calls are made of. */
export const path = v.pipe(v.string(), v.maxLength(32_767), v.check(isAbsolute, 'not an absolute path'));
export const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));
export const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const indices = v.pipe(v.array(index), v.maxLength(1000));
/** Of one group of kernels, or of all. */
export const group = v.union([index, v.literal('all')]);

/** What a picture shows of kernels; null: what tells most of the layer's generator. */
export const statistic = v.nullable(v.picklist(statisticNames));

/** A run's id is the name of its folder, and nothing that leads out of the runs folder. */
export const runId = v.pipe(
  v.string(),
  v.maxLength(255),
  v.check((id) => id !== '' && id !== '.' && id !== '..' && !/[/\\\0]/.test(id), 'not the id of a run'),
);

/** Of a file that is saved where a dialog says. */
export const fileName = v.pipe(
  name,
  v.check((file) => !/[/\\\0]/.test(file), 'not a plain file name'),
);
/** A figure of some thousand pixels each way. */
const mostSavedBytes = 1 << 29;
export const savedBytes = v.pipe(
  v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'no bytes'),
  v.check(({ byteLength }) => byteLength <= mostSavedBytes, 'too much for one file'),
);
