import { readFile } from 'node:fs/promises'
import { CommandConfig, WorkspaceName } from '@molecule/contract/workspace'
import { parse } from 'yaml'
import { z } from 'zod'

export type DemoWorkspace = z.infer<typeof base> & { children?: DemoWorkspace[] | undefined }

const base = z.strictObject({
  name: WorkspaceName,
  role: z.string().max(1000),
  runtime: z.literal('command').default('command'),
  runtime_config: CommandConfig,
  max_concurrent_tasks: z.number().int().min(1).default(1),
})
const DemoWorkspace: z.ZodType<DemoWorkspace> = base.extend({
  get children() {
    return z.array(DemoWorkspace).optional()
  },
})

const Template = z.strictObject({
  name: z.string(),
  description: z.string(),
  defaults: z.strictObject({ runtime: z.literal('command') }).optional(),
  workspaces: z.array(DemoWorkspace).min(1),
  first_task: z.strictObject({ workspace: z.string(), text: z.string() }),
})
export type Template = z.infer<typeof Template>

type Places = { orgDir: string; repository: string }

/** Reads the organization, with `${ORG_DIR}` and `${REPOSITORY}` replaced and nothing else expanded. */
export async function readTemplate(
  file: string,
  { orgDir, repository }: Places,
): Promise<Template> {
  const values: Record<string, string> = { ORG_DIR: orgDir, REPOSITORY: repository }
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]))
  }
  return Template.parse(fill(parse(await readFile(file, 'utf8'))))
}
