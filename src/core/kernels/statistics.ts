export type KernelStatistic = 'sum' | 'entropy' | 'centre' | 'offset' | 'deviation' | 'norm';
