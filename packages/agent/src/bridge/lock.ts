import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'

/**
 * Holds a place for one process: a socket that is listened on for as long as it lives. What a killed one left behind is nobody's, and no
 * number of a process has to be believed. Undefined when another holds it.
 */
export async function holdPlace(path: string): Promise<{ release(): Promise<void> } | undefined> {
  const server = createServer((caller) => caller.destroy())
  if (await listens(server, path)) return held(server)
  if (await isAnswered(path)) return undefined
  await rm(path, { force: true })
  return (await listens(server, path)) ? held(server) : undefined
}

const held = (server: Server) => {
  // What it guards keeps the process alive, not this.
  server.unref()
  return { release: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

async function listens(server: Server, path: string): Promise<boolean> {
  try {
    server.listen(path)
    await once(server, 'listening')
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const caller = connect(path)
  try {
    await once(caller, 'connect')
    return true
  } catch {
    return false
  } finally {
    caller.destroy()
  }
}
