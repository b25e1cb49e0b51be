/** What "Visualize Involution Kernels" takes; package.json's explorer menu asks for the same. */
export const imageExtensions = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'avif', 'tif', 'tiff', 'svg'];
