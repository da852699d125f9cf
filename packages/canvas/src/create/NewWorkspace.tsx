import { lazy, Suspense } from 'react'

const NewWorkspaceDialog = lazy(() => import('./NewWorkspaceDialog.tsx'))

type Props = { parentId?: string | undefined; onClose: () => void }

/** The dialog, read when it is first opened. */
export const NewWorkspace = (props: Props) => (
  <Suspense fallback={null}>
    <NewWorkspaceDialog {...props} />
  </Suspense>
)
