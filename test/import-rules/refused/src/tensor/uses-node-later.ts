// src/tensor may use no package and no Node
export const load = () => import('node:fs')
