import type { BundleNode } from '@molecule/contract/bundle'
import { type ConfigFileMap, SYSTEM_PROMPT_FILE, sorted } from '../config/config-files.ts'

type Parts = Pick<BundleNode, 'system_prompt' | 'skills' | 'prompts'>

/** The files of a configuration as a bundle tells them. */
export function partsOf(files: ConfigFileMap): Parts {
  const skills = new Map<string, BundleNode['skills'][number]>()
  const prompts: Record<string, string> = {}
  for (const [path, content] of files) {
    const [, id, below] = /^skills\/([^/]+)\/(.+)$/.exec(path) ?? []
    if (id !== undefined && below !== undefined) {
      const skill = skills.get(id) ?? { id, ...frontMatter(files, id), files: {} }
      skill.files[below] = content
      skills.set(id, skill)
    } else if (path !== SYSTEM_PROMPT_FILE) prompts[path] = content
  }
  return {
    system_prompt: files.get(SYSTEM_PROMPT_FILE) ?? null,
    skills: [...skills.values()],
    prompts,
  }
}

/** Name and description, where the skill says them in the lines before its text. */
function frontMatter(files: ConfigFileMap, id: string) {
  const [, head = ''] = /^---\n(.*?)\n---/s.exec(files.get(`skills/${id}/SKILL.md`) ?? '') ?? []
  const lineOf = (key: string) => new RegExp(`^${key}:\\s*(.+)$`, 'm').exec(head)?.[1]?.trim()
  return { name: lineOf('name') ?? id, description: lineOf('description') ?? '' }
}

/** And back. */
export function filesOfParts({ system_prompt, skills, prompts }: Parts): ConfigFileMap {
  const ofSkills = skills.flatMap(({ id, files }) =>
    Object.entries(files).map(([path, content]) => [`skills/${id}/${path}`, content] as const),
  )
  return sorted([
    ...Object.entries(prompts),
    ...ofSkills,
    ...(system_prompt ? [[SYSTEM_PROMPT_FILE, system_prompt] as const] : []),
  ])
}
