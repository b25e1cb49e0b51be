import * as v from 'valibot';
import { cifar10 } from './kinds/cifar10';
import { folder } from './kinds/folder';
import { shapes } from './kinds/shapes';

/** Every kind of data set, by its name, in the order in which they are offered. */
export const dataKinds = { shapes, cifar10, folder };
export type DataKindName = keyof typeof dataKinds;

export const DataSpec = v.variant(
  'kind',
  Object.values(dataKinds).map(({ schema }) => schema),
);
export type DataSpec = v.InferOutput<typeof DataSpec>;
/** Of one kind. */
export type DataSpecOf<Kind extends DataKindName> = Extract<DataSpec, { kind: Kind }>;
