import type { ErrorCode } from '@molecule/contract/problem'
import type { DomainError } from '../../domain/error.ts'

/** How each refusal is told over JSON-RPC. -32000 and below are A2A's and ours. Source: JSON-RPC 2.0, A2A §8. */
export const rpcCode: Record<ErrorCode, number> = {
  invalid: -32602,
  unauthenticated: -32010,
  forbidden: -32011,
  not_found: -32001,
  gone: -32001,
  name_taken: -32600,
  unknown_parent: -32602,
  cycle: -32602,
  too_deep: -32600,
  unknown_runtime: -32602,
  no_backend: -32603,
  confirmation_required: -32600,
  not_allowed_now: -32600,
  self_delegation: -32602,
  forbidden_pair: -32011,
  already_terminal: -32002,
  loop_detected: -32600,
  unknown_delegation: -32001,
  id_taken: -32600,
  idempotency_key_reused: -32600,
  message_id_reused: -32600,
  fenced: -32600,
  conflict: -32600,
  limit_reached: -32600,
  rate_limited: -32603,
  url_refused: -32602,
  too_large: -32600,
  secrets_unreadable: -32603,
  route_gone: -32601,
  not_available_yet: -32601,
  unavailable: -32603,
  internal: -32603,
}

export type RpcId = string | number | null

export const PARSE_ERROR = -32700
/** A2A 1.0 §5.4. */
export const VERSION_NOT_SUPPORTED = -32009
export const INVALID_REQUEST = -32600
export const INVALID_PARAMS = -32602

export const rpcError = (id: RpcId, error: { code: number; message: string; data?: unknown }) => ({
  jsonrpc: '2.0' as const,
  id,
  error,
})

export const rpcRefusal = (id: RpcId, error: DomainError) =>
  rpcError(id, {
    code: rpcCode[error.code],
    message: error.message,
    data: { code: error.code, hint: error.hint, ...error.extra },
  })
