import { cpus } from 'node:os';

/** "AMD EPYC 9R14": the processor's name without trade marks and clock rates. */
export function processorName(): string {
  const model = cpus()[0]?.model ?? '';
  return model.replace(/\s*(\(R\)|\(TM\)|CPU|Processor|@.*)/g, '').trim() || process.arch;
}
