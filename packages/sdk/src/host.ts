import type { HostConfig } from '@molecule/contract/config'
import type {
  Beat,
  BeatReply,
  CompleteAttempt,
  CompleteReply,
  Enrol,
  Enrolment,
  HostFailure,
  LeaseReply,
  LeaseRequest,
  StartAttempt,
} from '@molecule/contract/host'
import type { SecretValues } from '@molecule/contract/secret'
import { type CallOptions, type ClientOptions, requester } from './request.ts'

/** What an agent host calls. `token` is the boot credential for `enrol`, the host token for the rest. */
export function hostClient(options: ClientOptions) {
  const request = requester(options)
  const post = <T>(path: string, body: unknown, call: CallOptions) =>
    request<T>({ method: 'POST', path: `/host/${path}`, body, ...call })
  return {
    enrol: (body: Enrol, call: CallOptions = {}) => post<Enrolment>('enrol', body, call),
    /** Every secret of the workspace, by name: all or none. */
    secrets: (call: CallOptions = {}) =>
      request<SecretValues>({ method: 'GET', path: '/host/secrets', ...call }),
    /** The files of its configuration. */
    config: (call: CallOptions = {}) =>
      request<HostConfig>({ method: 'GET', path: '/host/config', ...call }),
    lease: (body: LeaseRequest, call: CallOptions = {}) => post<LeaseReply>('lease', body, call),
    start: (body: StartAttempt, call: CallOptions = {}) =>
      post<{ started: true }>('start', body, call),
    beat: (body: Beat, call: CallOptions = {}) => post<BeatReply>('beat', body, call),
    complete: (body: CompleteAttempt, call: CallOptions = {}) =>
      post<CompleteReply>('complete', body, call),
    fail: (body: HostFailure, call: CallOptions = {}) =>
      post<{ recorded: boolean }>('fail', body, call),
  }
}

export type HostClient = ReturnType<typeof hostClient>
