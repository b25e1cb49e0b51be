/** What systems and tools leave in folders. It is no one's data, so neither a class nor a picture; in lower case. */
const litter: ReadonlySet<string> = new Set([
  // macOS: resource forks in a zip file, a folder's icon; on file shares the bin and what is being copied.
  '__macosx',
  'icon\r',
  'network trash folder',
  'temporary items',
  // Windows: thumbnails, a folder's looks, the bin, restore points.
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '$recycle.bin',
  'recycler',
  'system volume information',
  // ext file systems: what a check of the disk found.
  'lost+found',
  // Synology and QNAP disk stations: the bin, thumbnails.
  '#recycle',
  '@recycle',
  '@eadir',
]);

/** Hidden entries are litter too: `.DS_Store`, `._cat.jpg`, `.git`, `.ipynb_checkpoints`, `.Trash-1000`. */
export const isLitter = (name: string): boolean => name.startsWith('.') || litter.has(name.toLowerCase());
