import type { OwnerLabel, WorkloadRef } from '../backend.ts'

const label = {
  install: 'molecule.install',
  node: 'molecule.node',
  workspace: 'molecule.workspace',
  incarnation: 'molecule.incarnation',
} as const

/** Follows from whose it is, so a start that was never recorded is found again. */
export const containerName = ({ owner, workspaceId, incarnation }: WorkloadRef) =>
  `molecule-${namePart(owner.installId)}-${namePart(workspaceId)}-${incarnation}`

/** Shared by the incarnations of a workspace. */
export const volumeName = ({ owner, workspaceId }: WorkloadRef) =>
  `molecule-${namePart(owner.installId)}-${namePart(workspaceId)}`

export const networkName = ({ installId }: OwnerLabel) => `molecule-${namePart(installId)}`

export const ownerLabels = ({ installId, nodeId }: OwnerLabel) => ({
  [label.install]: installId,
  [label.node]: nodeId,
})

export const workspaceLabels = ({ owner, workspaceId }: WorkloadRef) => ({
  ...ownerLabels(owner),
  [label.workspace]: workspaceId,
})

export const workloadLabels = (ref: WorkloadRef) => ({
  ...workspaceLabels(ref),
  [label.incarnation]: String(ref.incarnation),
})

type Labels = Readonly<Record<string, string>>

export const isLabelled = (found: Labels, wanted: Labels) =>
  Object.entries(wanted).every(([name, value]) => found[name] === value)

/** As the engine takes it: only what carries all of them. */
export const labelFilter = (wanted: Labels) => ({
  filters: JSON.stringify({
    label: Object.entries(wanted).map(([name, value]) => `${name}=${value}`),
  }),
})

/** The workload that the labels of a container name; nothing for one that is not a workload. */
export function refOfLabels(found: Labels, owner: OwnerLabel): WorkloadRef | undefined {
  const workspaceId = found[label.workspace]
  const incarnation = Number(found[label.incarnation])
  if (!workspaceId || !Number.isSafeInteger(incarnation)) return undefined
  return { workspaceId, incarnation, owner }
}

function namePart(id: string) {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id))
    throw new Error(`${JSON.stringify(id)} can not name a container`)
  return id
}
