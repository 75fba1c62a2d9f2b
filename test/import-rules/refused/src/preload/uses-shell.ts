// src/preload may take only contextBridge, ipcRenderer and webUtils from Electron
import { shell } from 'electron'

export { shell }
