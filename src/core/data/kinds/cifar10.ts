import type { Words } from '../../words';
import { dataKind } from './dataKind';

export const cifar10 = dataKind({
  kind: 'cifar10',
  title: 'CIFAR-10',
  description: '60 000 photographs in ten classes, downloaded once (170 MB)',
  phrase: 'CIFAR-10',
  fields: {},
  images: { shape: [32, 32, 3], classes: 10 },
  isSeeded: false,
});

/** Where its files came from: kept with them, and said in the language of whoever looks. */
export const cifar10Origins = {
  official: (url: string): Words => ['official archive {0}', url],
  byHand: (archive: string): Words => ['{0}, placed there by hand', archive],
  mirror: (npmPackage: string, failure: string): Words => ['npm package {0} ({1})', npmPackage, failure],
};
