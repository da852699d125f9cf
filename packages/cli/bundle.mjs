import { chmodSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/*
 * `node bundle.mjs <folder>` writes the CLI with all that it imports there, for Node 20 and newer. What a command needs is loaded
 * with that command, as in the repository.
 */
const [, , folder = ''] = process.argv

const bundle = await rolldown({
  input: { molecule: fileURLToPath(new URL('src/main.ts', import.meta.url)) },
  platform: 'node',
  transform: { target: 'node20' },
  // Warnings of libraries are not ours to mend.
  logLevel: 'silent',
})
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: '[name].mjs',
  chunkFileNames: 'lib/[name]-[hash].mjs',
  minify: { mangle: false, compress: true, codegen: true },
})
await bundle.close()
chmodSync(`${folder}/molecule.mjs`, 0o755)
