/** Fingerprints can be counted as if an atom were not there: this stands for none. */
export const NONE = -1
