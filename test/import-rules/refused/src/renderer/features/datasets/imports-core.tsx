// src/renderer may import shared
import { createApp } from '../../../core/create-app.ts'

export { createApp }
