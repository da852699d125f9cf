import { z } from 'zod'
import { Right, Role } from './identity.ts'

/** Redeems the one-time token of a login link for a browser session (HttpOnly cookie). */
export const Login = z.strictObject({ token: z.string().min(1).max(200) })
export type Login = z.infer<typeof Login>

/** `csrf_token` goes into `X-CSRF-Token` of every request that changes something. */
export const Session = z.object({
  kind: z.enum(['admin', 'session', 'org_token', 'workspace']),
  name: z.string(),
  /** Null for a token. */
  role: Role.nullable(),
  rights: z.array(Right),
  org_id: z.string(),
  /** Of the token of a workspace, whose it is. */
  workspace_id: z.string().optional(),
  csrf_token: z.string().nullable(),
})
export type Session = z.infer<typeof Session>

export const LoginLink = z.object({ url: z.string(), expires_at: z.string() })
export type LoginLink = z.infer<typeof LoginLink>
