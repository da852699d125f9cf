import type { Client } from '@molecule/sdk'
import { useState } from 'react'
import { Choices } from '../../ui/Choices.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { settingsText } from '../settings-text.ts'
import { overlapChoices, usualOverlapS } from './lifetimes.ts'
import { ShownToken } from './ShownToken.tsx'

const words = settingsText.tokens

type Props = {
  /** Of the token that will be shown. */
  name: string
  title: string
  body: string
  rotate: (client: Client, overlapS: number) => Promise<{ auth_token: string }>
  onRotated: () => void
  onClose: () => void
}

/** Asks how long what is replaced still works, then shows what replaces it. */
export function RotateDialog({ name, title, body, rotate, onRotated, onClose }: Props) {
  const [overlapS, setOverlapS] = useState(usualOverlapS)
  const [token, setToken] = useState<string>()
  const action = useAction(async ({ client }) =>
    setToken((await rotate(client, overlapS)).auth_token),
  )
  if (token) {
    // Not before: with the row of the old token this dialog would go, and the new token with it.
    const close = () => {
      onClose()
      onRotated()
    }
    return <ShownToken name={name} token={token} onClose={close} />
  }
  return (
    <ConfirmDialog
      title={title}
      confirm={words.rotate}
      busy={action.busy}
      onConfirm={() => void action.run()}
      onClose={onClose}
    >
      <p>{body}</p>
      <Choices
        legend={words.overlap}
        choices={overlapChoices}
        value={overlapS}
        onChange={setOverlapS}
      />
      <ErrorNote error={action.error} />
    </ConfirmDialog>
  )
}
