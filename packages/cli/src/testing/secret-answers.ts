import {
  DeletedSecret,
  RestartDependents,
  RollingRestart,
  RotatedKey,
  SavedSecret,
  SaveSecret,
  SecretList,
} from '@molecule/contract/secret'
import { type ContractState, Refused } from './contract-state.ts'

type Answered = { status?: number; body: unknown }

/** What a server keeps of secrets: names, never values. */
export function saveSecret(state: ContractState, body: unknown): Answered {
  const { key } = SaveSecret.parse(body)
  const changed = !state.secrets.some((one) => one.key === key)
  return {
    body: SavedSecret.parse({ status: 'saved', key, changed, needs_restart: state.needsRestart }),
  }
}

export function deleteSecret(state: ContractState, key: string): Answered {
  if (!state.secrets.some((one) => one.key === key))
    throw new Refused(404, 'not_found', `secret ${key} does not exist`)
  return {
    body: DeletedSecret.parse({ status: 'deleted', key, needs_restart: state.needsRestart }),
  }
}

export const listSecrets = ({ secrets }: ContractState): Answered => ({
  body: SecretList.parse(secrets),
})

export function restartDependents(state: ContractState, body: unknown): Answered {
  const { workspace_id } = RestartDependents.parse(body)
  const workspaces = state.needsRestart.filter(
    ({ id }) => workspace_id === undefined || id === workspace_id,
  )
  return { body: RollingRestart.parse({ workspaces }) }
}

export const rotateKey = ({ secrets }: ContractState): Answered => ({
  body: RotatedKey.parse({ version: 2, reencrypted: secrets.length, failed_keys: [] }),
})
