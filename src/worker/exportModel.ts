import type { WorkerFunctions } from '../protocol/workerCalls';

export const exportFunctions: Pick<WorkerFunctions, 'exportModel'> = {
  // HDF5 is a large module that no training needs.
  exportModel: async (runFolder, model, format, target, replace) =>
    (await import('../node/export/exportModel')).exportModel(runFolder, model, format, target, { replace }),
};
