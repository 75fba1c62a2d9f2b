// src/preload may use Electron's contextBridge, ipcRenderer and webUtils only
import { readFileSync } from 'node:fs'

export { readFileSync }
