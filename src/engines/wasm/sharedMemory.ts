const section = { import: 2, memory: 5 };
const memoryImport = 2;
/** Flags of a memory type: bit 0 says that a maximum follows, bit 1 that threads share it. */
const sharedWithMaximum = 0b11;

/**
 * A copy of a WebAssembly binary whose one memory, its own or imported, is declared shared. Nothing else differs:
 * plain loads and stores mean the same on a shared memory.
 * @throws if the binary declares no memory with a maximum; a shared memory must have one.
 */
export function withSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary);
  let at = 8;
  const unsigned = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const skipName = () => {
    const length = unsigned();
    at += length;
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const length = unsigned();
    const end = at + length;
    if (id === section.import) {
      // Only a memory that comes first is looked for: our kernels import nothing else.
      unsigned();
      skipName();
      skipName();
      if (bytes[at++] === memoryImport) return share(bytes, at);
    } else if (id === section.memory) {
      unsigned();
      return share(bytes, at);
    }
    at = end;
  }
  throw new Error('This WebAssembly binary declares no memory.');
}

function share(bytes: Uint8Array<ArrayBuffer>, flagsAt: number) {
  if (!(bytes[flagsAt]! & 1)) throw new Error('A memory without a maximum can’t be shared between threads.');
  bytes[flagsAt] = sharedWithMaximum;
  return bytes;
}
