/** Checks the types of every environment: pure code, Node, the page, the preload, the journeys. Each sees only the globals it may use. */
import { spawnSync } from 'node:child_process'

const projects = ['pure', 'node', 'web', 'preload', 'e2e']
const failed = projects.filter(
  name =>
    spawnSync('tsc', ['-p', `tsconfig.${name}.json`], { stdio: 'inherit', shell: process.platform === 'win32' })
      .status !== 0,
)
if (failed.length > 0) {
  console.error(`types: errors in ${failed.join(', ')}`)
  process.exit(1)
}
