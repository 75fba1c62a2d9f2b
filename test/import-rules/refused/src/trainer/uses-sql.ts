// src/trainer may use Node only
import Database from 'better-sqlite3'

export { Database }
