// src/core may use
import { app } from 'electron'

export { app }
