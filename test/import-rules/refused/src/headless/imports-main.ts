// src/headless may import core, node and shared
import { window } from '../main/window.ts'

export { window }
