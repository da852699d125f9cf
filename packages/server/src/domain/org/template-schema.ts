import { busyPolicies, misfirePolicies, pausedPolicies } from '@molecule/contract/schedule'
import { z } from 'zod'

const text = z.string()
const whole = z.number().int()
const memory = z.strictObject({ content: text, scope: text.optional() })
const envName = z.union([text, z.strictObject({ any_of: z.array(text).min(1) })])
const routing = z.record(text, z.array(text))

const prompts = {
  initial_prompt: text.optional(),
  initial_prompt_file: text.optional(),
  idle_prompt: text.optional(),
  idle_prompt_file: text.optional(),
  idle_interval_seconds: whole.positive().optional(),
}

/** What stands for every workspace that does not say otherwise. */
const shared = {
  runtime: text.optional(),
  tier: whole.optional(),
  model: text.optional(),
  plugins: z.array(text).optional(),
  category_routing: routing.optional(),
  initial_memories: z.array(memory).optional(),
  ...prompts,
}

const schedule = z
  .strictObject({
    name: text.optional(),
    cron_expr: text,
    timezone: text.optional(),
    prompt: text.optional(),
    prompt_file: text.optional(),
    enabled: z.boolean().optional(),
    misfire: z.enum(misfirePolicies).optional(),
    busy: z.enum(busyPolicies).optional(),
    paused: z.enum(pausedPolicies).optional(),
  })
  .refine((each) => Boolean(each.prompt) !== Boolean(each.prompt_file), {
    message: 'needs either a prompt or a prompt_file',
  })

const channel = z.strictObject({
  type: text,
  config: z.record(text, z.unknown()).optional(),
  allowed_users: z.array(text).optional(),
  enabled: z.boolean().optional(),
})

const workspaceShape = {
  ...shared,
  name: text.min(1),
  role: text.optional(),
  template: text.optional(),
  files_dir: text.optional(),
  system_prompt: text.optional(),
  workspace_dir: text.optional(),
  workspace_access: text.optional(),
  max_concurrent_tasks: whole.optional(),
  hibernation_idle_minutes: whole.optional(),
  runtime_config: z.record(text, z.unknown()).optional(),
  schedules: z.array(schedule).optional(),
  channels: z.array(channel).optional(),
  external: z.boolean().optional(),
  url: text.optional(),
  canvas: z.strictObject({ x: z.number(), y: z.number() }).optional(),
  required_env: z.array(envName).optional(),
  recommended_env: z.array(envName).optional(),
}

const Flat = z.strictObject(workspaceShape)
export type WorkspaceNode = z.infer<typeof Flat> & { children?: WorkspaceNode[] | undefined }
const WorkspaceNode: z.ZodType<WorkspaceNode> = z.lazy(() =>
  z.strictObject({ ...workspaceShape, children: z.array(WorkspaceNode).optional() }),
)

const orgShape = {
  name: text.min(1),
  description: text.optional(),
  defaults: z
    .strictObject({ ...shared, runtime_config: z.record(text, z.unknown()).optional() })
    .optional(),
  workspaces: z.array(WorkspaceNode).min(1),
  global_memories: z.array(memory).optional(),
  required_env: z.array(envName).optional(),
  recommended_env: z.array(envName).optional(),
}

/** `org.yaml`, strict: a key that is not known is a mistake. */
export const OrgDocument = z.strictObject(orgShape)
export type OrgDocument = z.infer<typeof OrgDocument>

/** JSON Schema of `org.yaml`. */
export const orgJsonSchema = () => z.toJSONSchema(OrgDocument, { io: 'input' })

/** Every key there is, to say what somebody may have meant. */
export const knownKeys: readonly string[] = [
  ...new Set([
    ...Object.keys(orgShape),
    ...Object.keys(workspaceShape),
    'children',
    ...Object.keys(channel.shape),
    'cron_expr',
    'timezone',
    'prompt',
    'prompt_file',
    'content',
    'scope',
    'any_of',
  ]),
]
