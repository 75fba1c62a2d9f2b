// Do not use the global variable process
export const platform = process.platform
