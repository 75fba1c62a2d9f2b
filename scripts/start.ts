/** `npm start`: builds where the sources are newer, then opens Electron, or the browser where Electron cannot be had. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { chooseHost } from './starting/choose-host.ts'
import { isBuildFresh } from './testing/build-state.ts'
import { root, runCommand } from './testing/run-command.ts'

if (!isBuildFresh(root)) {
  console.log('building')
  const { code, output } = await runCommand(['electron-vite', 'build'], { output: 'kept' })
  if (code !== 0) {
    console.error(output)
    process.exit(1)
  }
}

const choice = chooseHost({
  packageFolder: join(root, 'node_modules/electron'),
  platform: process.platform,
  environment: process.env,
  uid: process.getuid?.(),
})
const rest = process.argv.slice(2)
if (choice.host === 'headless') console.log(`${choice.reason}: opening Bindery in the browser instead`)
process.exitCode =
  choice.host === 'electron'
    ? await run(choice.binary, [root, ...rest])
    : await run(process.execPath, [join(root, 'out/main/cli.js'), 'serve', ...rest])

/** Until it ends; a signal meant for this process is passed on and waited for. */
function run(command: string, args: string[]): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' })
  // Ctrl+C reaches the child by itself: both belong to the terminal's group.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => resolve(code ?? 1))
  })
}
