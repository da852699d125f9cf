import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param {string[]} parts */
export const inRoot = (...parts) => join(root, ...parts)

export const ownNode = inRoot('node_modules/.bin/node')
export const compileCache = inRoot('.cache/compile')
