/** The file formats a network can leave in, and how their files end ('' is a folder). */
export const exportFormats = { tfjs: '', keras: '.keras', safetensors: '.safetensors' } as const;
export type ExportFormat = keyof typeof exportFormats;
export const exportFormatNames = Object.keys(exportFormats) as ExportFormat[];
