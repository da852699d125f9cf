import type { Attachment } from '@molecule/contract/activity'

/** What was uploaded can be saved from here; where another address leads, this page does not know. */
export function AttachedFile({ file, workspaceId }: { file: Attachment; workspaceId: string }) {
  if (!file.uri.startsWith('workspace:')) return file.name
  const path = `/workspaces/${workspaceId}/chat/download?path=${encodeURIComponent(file.uri)}`
  return (
    <a href={path} download={file.name}>
      {file.name}
    </a>
  )
}
