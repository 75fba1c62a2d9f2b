/** A process that tries to own the workspace in its first argument, says whether it does, and stays until it is killed. */
import { takeOwnership } from './ownership.ts'

const ownership = takeOwnership(process.argv[2]!)
await ownership?.announce({ host: 'cli', version: '0', socket: '/nowhere', secret: 's' })
process.stdout.write(ownership === null ? 'refused\n' : 'owner\n')
if (ownership !== null) setInterval(() => undefined, 60_000)
