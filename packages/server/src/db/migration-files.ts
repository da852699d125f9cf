import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MigrationFile {
  version: number
  name: string
  text: string
  checksum: string
  /** Code that does not know it cannot live with it. */
  isBreaking: boolean
}

export const ownMigrations = join(import.meta.dirname, 'migrations')

const fileName = /^(\d{4})_([a-z0-9_]+)\.sql$/

/** In order of version. */
export function readMigrations(folder: string): MigrationFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readMigration(folder, file))
}

function readMigration(folder: string, file: string): MigrationFile {
  const [, version, name] = fileName.exec(file) ?? []
  if (!version || !name) throw new Error(`${file} is not named like 0001_what_it_does.sql`)
  const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
  return {
    version: Number(version),
    name,
    text,
    checksum: createHash('sha256').update(text).digest('hex'),
    isBreaking: text.startsWith('-- breaking'),
  }
}
