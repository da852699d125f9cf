import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { inRoot } from '../setup/paths.mjs'

/** Packages of ours that run inside a container. */
const ours = ['agent', 'cli', 'contract', 'sdk']
const home = 'opt/molecule'

/** The agent host, the command line and the Node they run on, in `/opt/molecule`. */
export function fillProgram(root: string, node: string) {
  const at = (...parts: string[]) => join(root, home, ...parts)
  mkdirSync(at('bin'), { recursive: true })
  mkdirSync(at('node_modules/@molecule'), { recursive: true })
  copyFileSync(node, at('bin/node'))
  chmodSync(at('bin/node'), 0o755)
  for (const name of ours) {
    for (const part of ['package.json', 'src'])
      cpSync(inRoot('packages', name, part), at('packages', name, part), {
        recursive: true,
        filter: (path) => !/\.test\.ts$|\/testing(\/|$)/.test(path),
      })
    symlinkSync(`../../packages/${name}`, at('node_modules/@molecule', name))
  }
  for (const name of librariesOf(ours.map((each) => inRoot('packages', each))))
    cpSync(inRoot('node_modules', name), at('node_modules', name), { recursive: true })
  const flags: string[] = JSON.parse(readFileSync(inRoot('packages/agent/node-flags.json'), 'utf8'))
  writeScript(at('host'), [...flags, `/${home}/packages/agent/src/main.ts`])
  writeScript(at('molecule'), [`/${home}/packages/cli/src/main.ts`])
}

function writeScript(path: string, args: readonly string[]) {
  writeFileSync(path, `#!/bin/sh\nexec /${home}/bin/node ${args.join(' ')} "$@"\n`)
  chmodSync(path, 0o755)
}

/** Names of the npm packages that these need, and all that those need. */
function librariesOf(folders: readonly string[]): Set<string> {
  const found = new Set<string>()
  const left = [...folders]
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    )
    for (const name of Object.keys(dependencies)) {
      if (name.startsWith('@molecule/') || found.has(name)) continue
      found.add(name)
      left.push(inRoot('node_modules', name))
    }
  }
  return found
}
