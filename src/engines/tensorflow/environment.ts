/**
 * What the process that runs TensorFlow should be started with. glibc gives every block of more than 32 MiB back to
 * the system when it is freed, and gets it again, page by page, for the next tensor: to read 32 MiB out of TensorFlow
 * was seen to take 300 ms like that, and 4 ms when it keeps what it has. The C library reads these settings when a
 * process starts, so they can't be made within it; C libraries other than glibc ignore them.
 */
export const tensorFlowEnvironment: Readonly<Record<string, string>> =
  process.platform === 'linux'
    ? {
        MALLOC_MMAP_THRESHOLD_: '4294967295',
        MALLOC_TRIM_THRESHOLD_: '8589934592',
        MALLOC_TOP_PAD_: '268435456',
        MALLOC_ARENA_MAX: '1',
      }
    : {};
