import { randomUUID } from 'node:crypto';

/** A name for a file or folder that is being made or removed. Nobody can guess it, and `isTemporary` knows it. */
export const temporaryName = () => `.involution-${randomUUID()}.tmp`;

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const pattern = new RegExp(
  [
    `^\\.involution-${uuid}\\.tmp$`,
    // Those of earlier versions, which never tidied up: checkpoints and runs being made, either being removed, a
    // run's label being replaced.
    `^\\.(?:epoch-\\d+(?:-batch-\\d+)?|\\d{4}-\\d\\d-\\d\\d_.*(?:inn|cnn)|removed)-${uuid}$`,
    '^label\\.json\\.[0-9a-f]{8}\\.tmp$',
  ].join('|'),
);

/** Whether a name is one that only a writer which died can have left behind. */
export const isTemporary = (name: string) => pattern.test(name);
