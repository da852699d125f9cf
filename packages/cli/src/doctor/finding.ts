import { MoleculeError } from '@molecule/sdk'
import { CliError } from '../cli-error.ts'

/** `note` is worth knowing, `skip` could not be looked at because something before it failed. */
export type Finding = {
  name: string
  status: 'ok' | 'note' | 'warn' | 'fail' | 'skip'
  detail: string
  /** What to do about it; empty when there is nothing to do. */
  fix: string
}

export type Report = (finding: Finding) => void

export const ok = (name: string, detail: string): Finding => ({
  name,
  status: 'ok',
  detail,
  fix: '',
})

export const skip = (name: string, needs: string): Finding => ({
  name,
  status: 'skip',
  detail: `needs: ${needs}`,
  fix: '',
})

export function failure(name: string, error: unknown): Finding {
  const detail = error instanceof Error ? error.message : String(error)
  return { name, status: 'fail', detail, fix: fixOf(error) }
}

function fixOf(error: unknown): string {
  if (error instanceof MoleculeError) return error.problem.hint
  if (error instanceof CliError) return error.hint ?? ''
  return 'Look at the server log.'
}
