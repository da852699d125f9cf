import type { StreamResponse } from '@a2a-js/sdk'
import {
  A2AError,
  ContentTypeNotSupportedError,
  HTTP_STATUS,
  JsonRpcTransportError,
  RequestMalformedError,
  restStatusFor,
  TaskNotCancelableError,
  TaskNotFoundError,
  toRestErrorBody,
  UnsupportedOperationError,
  VersionNotSupportedError,
} from '@a2a-js/sdk/errors'
import { DomainError } from '../../domain/error.ts'
import { statusOf } from '../../http/errors.ts'
import { rpcCode } from './json-rpc.ts'

export const taskNotFound = (id: string) =>
  new TaskNotFoundError({
    message: `Task ${id} does not exist. List your tasks, and check the id.`,
  })

export const taskNotCancelable = (id: string, status: string) =>
  new TaskNotCancelableError({ message: `Task ${id} is ${status}: there is nothing to cancel.` })

export const unsupported = (message: string) => new UnsupportedOperationError({ message })

export const malformed = (message: string) => new RequestMalformedError({ message })

export const contentType = (message: string) => new ContentTypeNotSupportedError({ message })

export const versionNotSupported = (asked: string) =>
  new VersionNotSupportedError({
    message: `A2A version ${asked} is not spoken here. Send A2A-Version: 1.0 or 0.3.`,
  })

/** A refusal of ours in the words of the protocol; the rest is told as an error of ours, without internals. */
export function toA2aError(error: unknown): unknown {
  if (!(error instanceof DomainError)) return error
  const message = [error.message, error.hint].filter((part) => part !== '').join('. ')
  if (error.code === 'invalid' || error.code === 'self_delegation')
    return new RequestMalformedError({ message, cause: error })
  const told = new JsonRpcTransportError({
    jsonrpc: '2.0',
    id: null,
    error: { code: rpcCode[error.code], message, data: { code: error.code, hint: error.hint } },
  })
  return Object.assign(told, { cause: error })
}

/** Status and body of a failure in the HTTP+JSON binding: AIP-193, with ErrorInfo in its details. */
export function restFailure(error: unknown) {
  const { cause } = error instanceof Error ? error : { cause: undefined }
  const isOurs = cause instanceof DomainError && cause.code !== 'invalid'
  const status = isOurs ? statusOf(cause.code) : restStatusFor(error)
  return { status, body: toRestErrorBody(error, status) }
}

/** Whether the other side is told of it as it is; anything else is a bug of ours. */
export const isTold = (error: unknown) =>
  error instanceof A2AError && restStatusFor(error) !== HTTP_STATUS.INTERNAL_SERVER_ERROR

export const told =
  <P, R>(work: (params: P) => Promise<R>) =>
  async (params: P): Promise<R> => {
    try {
      return await work(params)
    } catch (error) {
      throw toA2aError(error)
    }
  }

export const toldStream = <P>(
  work: (params: P) => AsyncGenerator<StreamResponse, void, undefined>,
) =>
  async function* (params: P): AsyncGenerator<StreamResponse, void, undefined> {
    try {
      yield* work(params)
    } catch (error) {
      throw toA2aError(error)
    }
  }
