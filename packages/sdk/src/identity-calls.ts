import type {
  BrowserSession,
  CreateLoginLink,
  CreateOrgToken,
  CreateWorkspaceToken,
  MintedOrgToken,
  MintedWorkspaceToken,
  OrgTokenList,
  SessionList,
  WorkspaceTokenList,
} from '@molecule/contract/identity'
import type { LoginLink, Session } from '@molecule/contract/session'
import type { CallOptions, Requester } from './request.ts'

export function sessionCalls(request: Requester) {
  return {
    login: (token: string, call: CallOptions = {}) =>
      request<Session>({ method: 'POST', path: '/auth/login', body: { token }, ...call }),
    logout: (call: CallOptions = {}) =>
      request<{ ok: true }>({ method: 'POST', path: '/auth/logout', body: {}, ...call }),
    current: (call: CallOptions = {}) =>
      request<Session>({ method: 'GET', path: '/auth/session', ...call }),
    /** A fresh one-time login link for a browser; takes `org:admin`. */
    link: (body: CreateLoginLink = {}, call: CallOptions = {}) =>
      request<LoginLink>({ method: 'POST', path: '/auth/link', body, ...call }),
    list: (call: CallOptions = {}) =>
      request<SessionList>({ method: 'GET', path: '/auth/sessions', ...call }),
    revoke: (id: BrowserSession['id'], call: CallOptions = {}) =>
      request<{ revoked: string }>({
        method: 'DELETE',
        path: `/auth/sessions/${encodeURIComponent(id)}`,
        ...call,
      }),
  }
}

export function tokenCalls(request: Requester) {
  const own = (id: string, rest = '') => `/workspaces/${encodeURIComponent(id)}/tokens${rest}`
  const org = (rest = '') => `/org/tokens${rest}`
  return {
    org: {
      list: (call: CallOptions = {}) =>
        request<OrgTokenList>({ method: 'GET', path: org(), ...call }),
      create: (body: CreateOrgToken, call: CallOptions = {}) =>
        request<MintedOrgToken>({ method: 'POST', path: org(), body, ...call }),
      /** A new token with the same name and scopes; the old one is honoured for `overlap_s` more seconds. */
      rotate: (id: string, query: { overlap_s?: number } = {}, call: CallOptions = {}) =>
        request<MintedOrgToken>({
          method: 'POST',
          path: org(`/${encodeURIComponent(id)}/rotate`),
          query,
          body: {},
          ...call,
        }),
      revoke: (id: string, call: CallOptions = {}) =>
        request<{ revoked: string }>({
          method: 'DELETE',
          path: org(`/${encodeURIComponent(id)}`),
          ...call,
        }),
    },
    workspace: {
      list: (id: string, query: { limit?: number; offset?: number } = {}, call: CallOptions = {}) =>
        request<WorkspaceTokenList>({ method: 'GET', path: own(id), query, ...call }),
      create: (id: string, body: CreateWorkspaceToken = {}, call: CallOptions = {}) =>
        request<MintedWorkspaceToken>({ method: 'POST', path: own(id), body, ...call }),
      /**
       * Mints one token in place of all the workspace has; those are honoured for `overlap_s` more seconds. With `if_newest`
       * only while the newest is still that one.
       */
      rotate: (
        id: string,
        query: { overlap_s?: number; if_newest?: string } = {},
        call: CallOptions = {},
      ) =>
        request<MintedWorkspaceToken>({
          method: 'POST',
          path: own(id, '/rotate'),
          query,
          body: {},
          ...call,
        }),
      revoke: (id: string, tokenId: string, call: CallOptions = {}) =>
        request<{ status: 'revoked' }>({
          method: 'DELETE',
          path: own(id, `/${encodeURIComponent(tokenId)}`),
          ...call,
        }),
    },
  }
}
