// src/core may import shared, chem, recipes and node
import { serve } from '../headless/server.ts'

export { serve }
