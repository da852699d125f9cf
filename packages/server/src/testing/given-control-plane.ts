import type { Right } from '@molecule/contract/identity'
import { onTestFinished } from 'vitest'
import type { BackendHandle, OwnerLabel } from '../backend/backend.ts'
import type { Subject } from '../backend/conformance.ts'
import {
  type ControlPlaneOptions,
  controlPlaneBackend,
} from '../backend/control-plane/control-plane-backend.ts'
import { servedBackend } from '../backend/serve/served-backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
import { refFor } from '../http/tenant-workload.ts'
import { Secret } from '../lib/secret.ts'
import { type TestServer, testServer } from './test-server.ts'

const never = new AbortController().signal

/** What another server shows: a token of the org with a name. */
export async function givenTenantToken(
  { db, installation }: TestServer,
  { name = 'other', scopes = ['backends:use'] }: { name?: string | null; scopes?: Right[] } = {},
): Promise<Secret> {
  const { orgId } = installation
  const token = await transact(db, async (tx) =>
    mintCredential(tx, { orgId, kind: 'org_token', name, scopes, now: await dbNow(tx) }),
  )
  return new Secret(token)
}

/** A backend, offered by a server of its own, and used over HTTP. */
export async function givenControlPlane<S extends Subject>(
  inner: S,
  options: Partial<ControlPlaneOptions> = {},
) {
  const server = await testServer({ served: servedBackend(inner.backend) })
  const token = await givenTenantToken(server)
  const made: ReturnType<typeof controlPlaneBackend>[] = []
  const reach = (more: Partial<ControlPlaneOptions> = {}) => {
    const backend = controlPlaneBackend({ url: server.url, token, ...options, ...more })
    made.push(backend)
    return backend
  }
  const backend = reach()
  /** As the server that offers it knows the workload. */
  const innerOf = (handle: BackendHandle, name = 'other'): BackendHandle => ({
    ...refFor(
      { name, installId: handle.owner.installId },
      {
        owner: wireOf(handle.owner),
        workspace_id: handle.workspaceId,
        incarnation: handle.incarnation,
      },
    ),
    backend: inner.backend.id,
  })
  onTestFinished(async () => {
    const owner = innerOf({ ...inner.spec(), backend: inner.backend.id }).owner
    for await (const { handle } of inner.backend.list(owner, never))
      await inner.backend.stop(handle, never)
    await Promise.all(made.map((each) => each.close?.()))
  })
  return {
    ...{ backend, owner: inner.owner, spec: inner.spec, endsWithHost: inner.endsWithHost },
    anew: () => reach(),
    aliveCount: (handle: BackendHandle) => inner.aliveCount(innerOf(handle)),
    isStored: (handle: BackendHandle) => inner.isStored(innerOf(handle)),
    ...{ server, inner, innerOf, reach, token },
  } satisfies Subject & Record<string, unknown>
}

const wireOf = ({ installId, nodeId }: OwnerLabel) => ({ install_id: installId, node_id: nodeId })
