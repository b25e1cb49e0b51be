/// <reference types="emscripten" />

/** The part of the WebAssembly interface that this folder uses; TypeScript has it only in its DOM library. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
  }
  // biome-ignore lint/suspicious/noEmptyInterface: opaque
  interface Module {}
  const Module: {
    new (binary: Uint8Array): Module;
    exports(module: Module): { name: string; kind: 'function' | 'table' | 'memory' | 'global' }[];
  };
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  const Instance: new (module: Module) => Instance;
  function validate(binary: Uint8Array): boolean;
  type Imports = Record<string, Record<string, unknown>>;
  function compile(binary: Uint8Array): Promise<Module>;
  let instantiate: (
    binary: Uint8Array | ArrayBuffer,
    imports?: Imports,
  ) => Promise<{ module: Module; instance: Instance }>;
}
