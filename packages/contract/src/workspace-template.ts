import { z } from 'zod'
import { ConfigFiles, ConfigVersion } from './config.ts'
import { Timestamp } from './id.ts'

/** Lower case letters, digits and hyphens. */
export const WorkspaceTemplateId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,99}$/)
  .brand<'WorkspaceTemplateId'>()
export type WorkspaceTemplateId = z.infer<typeof WorkspaceTemplateId>

/** A template of a configuration; a file at its top called `config.yaml` is made when it has none. */
export const ImportTemplate = z.object({
  name: z.string().trim().min(1).max(100),
  files: ConfigFiles,
})
export type ImportTemplate = z.infer<typeof ImportTemplate>

export const ImportedTemplate = z.object({
  status: z.literal('imported'),
  id: WorkspaceTemplateId,
  name: z.string(),
})
export type ImportedTemplate = z.infer<typeof ImportedTemplate>

/** Body of `PUT /templates/:id`: all its files anew, as its next version. `base` is the version that was read before. */
export const SaveTemplate = z.strictObject({
  base: z.number().int().min(1),
  files: ConfigFiles,
  note: z.string().trim().max(200).default(''),
})
export type SaveTemplate = z.input<typeof SaveTemplate>

/** As lists show it; what its `config.yaml` does not say is null or empty. */
export const WorkspaceTemplate = z.object({
  id: WorkspaceTemplateId,
  name: z.string(),
  description: z.string(),
  version: z.number().int().min(1),
  tier: z.number().int().nullable(),
  runtime: z.string().nullable(),
  model: z.string().nullable(),
  models: z.array(z.unknown()),
  required_env: z.array(z.unknown()),
  skills: z.array(z.string()),
  skill_count: z.number().int(),
  provision_timeout_seconds: z.number().int().nullable(),
  updated_at: Timestamp,
})
export type WorkspaceTemplate = z.infer<typeof WorkspaceTemplate>

export const WorkspaceTemplateFiles = WorkspaceTemplate.extend({
  files: ConfigFiles,
  versions: z.array(ConfigVersion),
})
export type WorkspaceTemplateFiles = z.infer<typeof WorkspaceTemplateFiles>
