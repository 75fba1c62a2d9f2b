/**
 * The widths of the ranges in `metric_outlines`, as shifts of the step: 8, 32, 128 … 2,097,152 steps. Part of the stored format: a
 * released list is never edited. Four times apart, so that the level that fits a window has at most four times the ranges asked for;
 * eight at the finest, so that a window too fine for it has at most eight points for each.
 */
export const OUTLINE_SHIFTS = [3, 5, 7, 9, 11, 13, 15, 17, 19, 21] as const
