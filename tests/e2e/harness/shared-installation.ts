import { afterAll, beforeAll } from 'vitest'
import type { ServerOptions } from './installation.ts'
import { type Installation, newInstallation } from './installation.ts'

/** One installation with a running server for all tests of a file; whatever is left of it at the end fails the file. */
export function sharedInstallation(options: ServerOptions = {}): () => Installation {
  let installation: Installation | undefined
  beforeAll(async () => {
    installation = await newInstallation()
    await installation.start(options)
  })
  afterAll(() => installation?.end())
  return () => {
    if (!installation) throw new Error('the installation is made before the first test')
    return installation
  }
}
