// src/headless may use
import { app } from 'electron'

export { app }
