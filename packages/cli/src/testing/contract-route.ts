import { type Asked, type ContractState, Refused } from './contract-state.ts'

type Answer = (
  state: ContractState,
  asked: Asked,
  id: string,
) => { status?: number; body?: unknown; text?: string }
export type Route = { method: string; pattern: RegExp; answer: Answer }

/** The first `:name` of the path is handed to the answer. */
export const on = (method: string, path: string, answer: Answer): Route => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`),
  answer,
})

export const workspaceOf = ({ workspaces }: ContractState, id: string) => {
  const found = workspaces.find((one) => one.id === id)
  if (found) return found
  throw new Refused(404, 'not_found', `workspace ${id} does not exist`)
}
