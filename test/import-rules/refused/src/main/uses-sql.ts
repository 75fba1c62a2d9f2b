// src/main may use
import Database from 'better-sqlite3'

export { Database }
