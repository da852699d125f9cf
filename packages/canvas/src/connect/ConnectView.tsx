import type { Connection } from '@molecule/contract/registry'
import type { Workspace } from '@molecule/contract/workspace'
import { useRef, useState } from 'react'
import { CopyField } from '../ui/CopyField.tsx'
import { Field } from '../ui/Field.tsx'
import { Icon } from '../ui/Icon.tsx'
import { InlineCode } from '../ui/InlineCode.tsx'
import { useCopy } from '../ui/use-copy.ts'
import { connectText as words } from './connect-text.ts'

type Props = { connection: Connection; workspace: Workspace }

/** The lines for what joins, what usually goes wrong with it, and whether it has come. */
export function ConnectView({ connection: { auth_token, snippets }, workspace }: Props) {
  const [asked, setAsked] = useState(snippets[0]?.id ?? '')
  const snippet = snippets.find(({ id }) => id === asked)
  const isHere = workspace.status !== 'awaiting_agent'
  return (
    <>
      <p role="status" className="connect-state" data-here={isHere}>
        <Icon name={isHere ? 'check' : 'clock'} />
        {isHere ? words.seen : words.waiting}
      </p>
      {auth_token ? (
        <CopyField label={words.token} value={auth_token} />
      ) : (
        <p className="faint">{words.noToken}</p>
      )}
      <Field label={words.agent}>
        {(wiring) => (
          <select
            {...wiring}
            className="input"
            value={asked}
            onChange={({ target }) => setAsked(target.value)}
          >
            {snippets.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      {snippet && (
        <>
          <Lines text={snippet.text} />
          <h4>{words.problems}</h4>
          <dl className="connect-problems">
            {snippet.common_problems.map(({ problem, fix }) => (
              <div key={problem}>
                <dt>{problem}</dt>
                <dd>
                  <InlineCode source={fix} />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  )
}

function Lines({ text }: { text: string }) {
  const lines = useRef<HTMLPreElement>(null)
  const { copy, outcome } = useCopy(text, lines)
  const isCopied = outcome === 'copied'
  return (
    <div className="connect-lines">
      <pre ref={lines} className="mono" data-testid="connect-lines">
        {text}
      </pre>
      <button type="button" className="button button-small" onClick={copy}>
        <Icon name={isCopied ? 'check' : 'copy'} />
        {isCopied ? words.copied : words.copy}
      </button>
    </div>
  )
}
