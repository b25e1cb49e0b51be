import * as v from 'valibot';

/** A run's id is the name of its folder, and nothing that leads out of the runs folder. */
export const runId = v.pipe(
  v.string(),
  v.maxLength(255),
  v.check((id) => id !== '' && id !== '.' && id !== '..' && !/[/\\\0]/.test(id), 'not the id of a run'),
);
