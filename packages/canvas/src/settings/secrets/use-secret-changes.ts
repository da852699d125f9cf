import type { DeletedSecret, SavedSecret } from '@molecule/contract/secret'
import { useState } from 'react'
import { type Told, told } from '../../state/old-values.ts'
import { useServices } from '../../use-services.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.secrets

/** What became of the last change, and whom the changes left behind with an old value. */
export function useSecretChanges(reload: () => void) {
  const { store } = useServices()
  const [outcome, setOutcome] = useState('')
  const [named, setNamed] = useState<readonly Told[]>([])
  const note = (change: SavedSecret | DeletedSecret) => {
    const { live } = store.getState()
    setOutcome(outcomeOf(change))
    setNamed((former) => [...former, ...told(live, change.needs_restart)])
    reload()
  }
  return { outcome, named, note }
}

function outcomeOf(change: SavedSecret | DeletedSecret): string {
  if (change.status === 'deleted') return words.deleted(change.key)
  return change.changed ? words.saved(change.key) : words.unchanged(change.key)
}
