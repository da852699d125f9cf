import type { CreatedWorkspace } from '@molecule/contract/registry'
import { useEffect, useState } from 'react'
import { reduce } from '../state/reduce.ts'
import { refusalOf } from '../ui/refusal.ts'
import { useAction } from '../use-action.ts'
import { forgetWorkspaceDraft } from './use-workspace-draft.ts'
import { type Chosen, creationOf, valueAt, type WorkspaceDraft } from './workspace-draft.ts'

type Asking = {
  draft: WorkspaceDraft
  chosen: Chosen
  /** Fields in sight, by which problems find their place. */
  shown: readonly string[]
  onCreated: (made: CreatedWorkspace) => void
}

/** Asks for it; of a refusal each field tells what concerns it, until it is changed. */
export function useCreate({ draft, chosen, shown, onCreated }: Asking) {
  const [asked, setAsked] = useState(draft)
  const { run, busy, error } = useAction(async ({ client, store }) => {
    setAsked(draft)
    const made = await client.workspaces.create(creationOf(draft, chosen))
    const { connection: _, external: __, ...workspace } = made
    store.setState(({ live }) => ({
      live: reduce(live, { type: 'rows', workspaces: [workspace] }),
    }))
    forgetWorkspaceDraft()
    onCreated(made)
  })
  useEffect(() => {
    if (error) document.querySelector<HTMLElement>('dialog [aria-invalid="true"]')?.focus()
  }, [error])
  const { at, rest, freeName } = refusalOf(error, shown)
  const problemAt = (field: string) =>
    valueAt(draft, field) === valueAt(asked, field) ? at.get(field) : undefined
  return { run, busy, rest, freeName, problemAt }
}
