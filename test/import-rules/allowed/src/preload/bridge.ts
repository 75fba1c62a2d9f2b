import { contextBridge, ipcRenderer, webUtils } from 'electron'

export { contextBridge, ipcRenderer, webUtils }
