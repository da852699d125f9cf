import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Fills a folder and answers it as an archive, in which everything belongs to root. */
export function archiveOf(fill: (folder: string) => void): Buffer {
  const place = mkdtempSync(join(tmpdir(), 'molecule-image-'))
  try {
    const folder = join(place, 'root')
    mkdirSync(folder)
    fill(folder)
    const file = join(place, 'root.tar')
    const ownedByRoot = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@0']
    execFileSync('tar', ['-C', folder, ...ownedByRoot, '-cf', file, '.'])
    return readFileSync(file)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
