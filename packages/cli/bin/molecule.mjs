#!/usr/bin/env node
// Plain JavaScript, so that it starts on any Node and turns the compile cache on before the first TypeScript file.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const oldestNode = 24

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(
    `error  molecule needs Node ${oldestNode}; this is ${process.versions.node}.\nnext   Run it as \`npx molecule\`: the repository brings its own Node.\n`,
  )
  process.exitCode = 1
} else {
  module.enableCompileCache(fileURLToPath(new URL('../../../.cache/compile', import.meta.url)))
  await import('../src/main.ts')
}
