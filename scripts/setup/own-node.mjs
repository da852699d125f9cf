import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { inRoot, ownNode } from './paths.mjs'

const brought = inRoot(`node_modules/node-linux-${process.arch}/bin/node`)

export const isUnlinked = () => existsSync(brought) && !existsSync(ownNode)

/** The packages for two processors share a program name: npm 10 drops the link together with the unfit one. */
export async function linkNode() {
  if (!isUnlinked()) return
  mkdirSync(dirname(ownNode), { recursive: true })
  symlinkSync(relative(dirname(ownNode), brought), ownNode)
}
