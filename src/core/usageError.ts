/** What was asked for makes no sense, whatever the data, the files and the machine: it has to be asked otherwise. */
export class UsageError extends Error {}
