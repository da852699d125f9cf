import type { AuditVerdict } from '@molecule/contract/audit'
import { useState } from 'react'
import { ActionButton } from '../ui/ActionButton.tsx'
import { CopyField } from '../ui/CopyField.tsx'
import { Icon } from '../ui/Icon.tsx'
import { ErrorNote, ProblemNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { auditText } from './audit-text.ts'

/** Asks the server whether the chain holds. */
export function VerifyPanel() {
  const [verdict, setVerdict] = useState<AuditVerdict>()
  const verify = useAction(async ({ client }) => {
    setVerdict(undefined)
    setVerdict(await client.audit.verify())
  })
  return (
    <>
      <div className="toolbar">
        <ActionButton
          right="audit:read"
          icon="shield"
          busy={verify.busy}
          onClick={() => void verify.run()}
        >
          {auditText.verify}
        </ActionButton>
        <p className="toolbar-note">{auditText.verifyHint}</p>
      </div>
      <ErrorNote error={verify.error} />
      {verdict && <Verdict verdict={verdict} />}
    </>
  )
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const { ok, checked, head, broken_at, problem } = verdict
  if (!ok) {
    const detail = [problem && sentence(problem), auditText.brokenBody(checked)]
      .filter(Boolean)
      .join(' ')
    return (
      <ProblemNote
        title={auditText.broken(broken_at)}
        problem={{ detail, hint: auditText.brokenHint }}
      />
    )
  }
  return (
    <div className="notice" data-tone="ok">
      <Icon name="check" />
      <div className="notice-body">
        <div role="status">
          <p className="notice-title">{auditText.intact}</p>
          <p>{auditText.intactBody(checked)}</p>
        </div>
        {head && (
          <>
            <CopyField label={auditText.head} value={auditText.headOf(head.seq, head.hash)} />
            <p>{auditText.headHint}</p>
          </>
        )}
      </div>
    </div>
  )
}

const sentence = (words: string) =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`
