// src/recipes may use no package and no Node
import { join } from 'node:path'

export { join }
