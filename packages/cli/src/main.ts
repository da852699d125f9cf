#!/usr/bin/env node
import { readEnvironment } from './environment.ts'
import { run } from './program.ts'

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())
process.once('SIGTERM', () => interrupt.abort())
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader went away, as `head` does: nobody is left to tell.
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

process.exitCode = await run(process.argv.slice(2), {
  env: readEnvironment(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupt.signal,
})
