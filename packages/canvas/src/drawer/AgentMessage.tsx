import { type Activity, Attachment } from '@molecule/contract/activity'
import { formatTime } from '../lib/format.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { useCanvas } from '../use-services.ts'
import { Answer } from './Answer.tsx'
import { AttachedFile } from './AttachedFile.tsx'
import { workspaceName } from './names.ts'

/** Something the agent told the people without being asked, with the files it names. */
export function AgentMessage({ message }: { message: Activity }) {
  const name = useCanvas(({ live }) => workspaceName(live, message.workspace_id))
  const files = filesOf(message)
  return (
    <article className="exchange agent-message">
      <div className="reply">
        <Answer source={String(message.response_body?.text ?? message.summary)} />
        {files.length > 0 && (
          <ul className="agent-files">
            {files.map((file) => (
              <li key={file.uri} title={file.uri}>
                <Icon name="ledger" />
                <AttachedFile file={file} workspaceId={message.workspace_id} />
              </li>
            ))}
          </ul>
        )}
        <footer className="reply-meta">
          <span>
            {name} {text.chat.unasked}
          </span>
          <span className="num">{formatTime(Date.parse(message.created_at))}</span>
        </footer>
      </div>
    </article>
  )
}

function filesOf({ response_body }: Activity): Attachment[] {
  const parts = Array.isArray(response_body?.parts) ? response_body.parts : []
  return parts.flatMap(({ file }: { file?: unknown }) => Attachment.safeParse(file).data ?? [])
}
