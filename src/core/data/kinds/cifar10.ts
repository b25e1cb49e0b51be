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
