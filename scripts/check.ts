/**
 * `npm run check`: types of every environment, lint and format, unit tests, build. One line a stage; stops at the first failure
 * and shows what it printed. `--skip-unit` leaves the tests out where they have just run.
 */
import { runCommand } from './testing/run-command.ts'

const stages: { name: string; command: string[] }[] = [
  { name: 'types', command: ['node', 'scripts/types.ts'] },
  { name: 'lint and format', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'unit tests', command: ['vitest', 'run', '--reporter=dot'] },
  { name: 'build', command: ['electron-vite', 'build'] },
]
const skipUnit = process.argv.includes('--skip-unit')

for (const { name, command } of stages) {
  if (skipUnit && name === 'unit tests') {
    console.log(`skip  ${name} (--skip-unit)`)
    continue
  }
  const { code, output, seconds } = await runCommand(command, { output: 'kept' })
  console.log(`${code === 0 ? 'ok   ' : 'FAIL '} ${name} ${seconds.toFixed(1)} s`)
  if (code !== 0) {
    console.error(output)
    process.exit(1)
  }
}
