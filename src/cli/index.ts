#!/usr/bin/env node
/** The command line. Exits 0 on success, 1 on a failure, 2 on wrong usage. */
import { runCli } from './program.ts'

// Whoever reads may have enough (`bindery jobs | head -1`): what is left to say is dropped, the command ends in order.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
})
