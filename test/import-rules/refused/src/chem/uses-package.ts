// src/chem may use no package and no Node
import { z } from 'zod'

export { z }
