// src/preload may import the contract's types
import { createApp } from '../core/create-app.ts'

export { createApp }
