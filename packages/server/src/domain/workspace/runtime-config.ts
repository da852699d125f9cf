import { DomainError } from '../error.ts'
import { runtimeNamed } from '../runtime/runtime.ts'

/** The configuration with what its runtime adds by default; throws with the places that do not fit the schema of the runtime. */
export function checkRuntimeConfig(
  runtimeId: string,
  config: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const runtime = runtimeNamed(runtimeId)
  const parsed = runtime.config.safeParse(config ?? {})
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => ({
    path: ['runtime_config', ...issue.path].join('.'),
    message: issue.message,
  }))
  throw new DomainError('invalid', `runtime_config does not fit the runtime "${runtimeId}"`, {
    hint: runtime.configHint,
    fields,
  })
}
