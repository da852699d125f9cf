import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { OrgTemplate } from '@molecule/contract/org'
import { readTextFolder, type TextFiles } from '../../lib/text-folder.ts'
import { DomainError, notFound } from '../error.ts'
import { loadTemplate, type TemplateNode } from './load-template.ts'

/** Templates that lie on the machine of the server, one folder each. */
export type TemplateGallery = {
  /** By their folder. `broken` are those that cannot be used, with the reason. */
  list(): Promise<{ templates: OrgTemplate[]; broken: { dir: string; why: string }[] }>
  /** Throws for a folder that is none of them. */
  files(dir: string): Promise<TextFiles>
}

/** Of templates of one name the one in the earlier folder counts. Folders that are not there hold none. */
export function templateGallery(folders: readonly string[]): TemplateGallery {
  const places = async () => {
    const found = new Map<string, string>()
    for (const folder of folders)
      for (const dir of await foldersIn(folder))
        if (!found.has(dir)) found.set(dir, join(folder, dir))
    return found
  }
  return {
    async list() {
      const templates: OrgTemplate[] = []
      const broken: { dir: string; why: string }[] = []
      for (const [dir, place] of [...(await places())].sort())
        try {
          templates.push(told(dir, await readTextFolder(place)))
        } catch (error) {
          broken.push({ dir, why: error instanceof Error ? error.message : String(error) })
        }
      return { templates, broken }
    },
    async files(dir) {
      const place = (await places()).get(dir)
      if (place === undefined) throw notFound('template', dir)
      try {
        return await readTextFolder(place)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new DomainError('invalid', `the template ${dir} cannot be read: ${why}`, {
          hint: 'Mend its folder on the machine of the server.',
        })
      }
    },
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

function told(dir: string, files: TextFiles): OrgTemplate {
  const { name, description, roots, requiredEnv, recommendedEnv } = loadTemplate(files, {
    lenient: true,
  })
  return {
    dir,
    name,
    description,
    workspaces: sizeOf(roots),
    required_env: requiredEnv,
    recommended_env: recommendedEnv,
  }
}

const sizeOf = (nodes: readonly TemplateNode[]): number =>
  nodes.reduce((sum, { children }) => sum + 1 + sizeOf(children), 0)
