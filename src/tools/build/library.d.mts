export function buildLibrary(folder: string): Promise<void>;
