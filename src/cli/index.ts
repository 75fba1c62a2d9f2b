#!/usr/bin/env node
/** The command line. Exits 0 on success, 1 on a failure, 2 on wrong usage. */
import { runCli } from './program.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
})
