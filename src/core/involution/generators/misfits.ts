/** What options may be where they don't fit their layer, in sentences' ends that are filled in (words.ts). */
export const misfits = {
  channels: 'at most the {0} channels',
  deviation: 'at least 2, as one weight has no deviation',
  strides: '1 for the generator "outlook"',
} as const;
