import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { ModelId } from '../core/network/model';
import { NetworkSpec } from '../core/network/network';
import { imageSizeLimit, type RunSpecInput } from '../core/runs/spec';
import type { ArgumentSchemas } from '../protocol/requests';
import type { WorkerFunctions } from '../protocol/worker';

/** What the host may ask. It checks what webviews and run folders say; a fault of its own ends here, in words. */
const path = v.pipe(v.string(), v.maxLength(32_767), v.check(isAbsolute, 'not an absolute path'));
const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));
const task = name;
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(imageSizeLimit));
const data = v.strictObject({ folder: v.nullable(path), anyway: v.boolean() });
/** Its own errors say what is wrong with a spec. */
const spec = v.custom<RunSpecInput>((value) => typeof value === 'object' && value !== null, 'not a spec');
const nothing = v.strictTuple([]);

export const workerRequests: ArgumentSchemas<WorkerFunctions> = {
  engines: nothing,
  train: v.strictTuple([spec, path]),
  resume: v.strictTuple([path]),
  pause: nothing,
  continue: nothing,
  stop: nothing,
  summary: v.strictTuple([
    NetworkSpec,
    v.tuple([pixels, pixels, v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4))]),
    v.pipe(index, v.maxValue(10_000)),
  ]),
  dataPreview: v.strictTuple([path, data, task]),
  evaluate: v.strictTuple([path, ModelId, data, task]),
  validationImages: v.strictTuple([path, v.pipe(v.array(index), v.maxLength(1000)), data]),
  openKernels: v.strictTuple([
    v.strictObject({
      image: v.union([v.strictObject({ file: path }), v.strictObject({ validationIndex: index, data })]),
      runFolder: v.nullable(path),
      model: v.nullable(ModelId),
      epoch: v.nullable(index),
      resolution: v.picklist(['fit', 'native']),
    }),
    task,
  ]),
  kernelMap: v.strictTuple([name, name, v.union([index, v.literal('all')])]),
  kernelAt: v.strictTuple([name, name, index, index]),
  closeKernels: v.strictTuple([name]),
  downloadCifar10: v.strictTuple([task]),
  installTensorFlow: v.strictTuple([
    v.strictObject({ gpu: v.boolean(), libtensorflow: v.exactOptional(path) }),
    task,
  ]),
  exportModel: v.strictTuple([path, ModelId, v.picklist(['tfjs', 'keras', 'safetensors']), path]),
  cancel: v.strictTuple([task]),
};
