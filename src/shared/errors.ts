/** Placeholder so that the toolchain can be tried. */
export const x: number = 1
