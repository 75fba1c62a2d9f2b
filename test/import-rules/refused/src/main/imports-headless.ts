// src/main may import core, node and shared
import { serve } from '../headless/server.ts'

export { serve }
