import { parse } from 'hono/utils/cookie'

export const SESSION_COOKIE = 'molecule_session'

type Headers = { authorization?: string | undefined; cookie?: string | undefined }

/** The credential that a request brings, good or not: its bearer token, or else its session cookie. */
export const presentedToken = ({ authorization, cookie }: Headers): string | undefined =>
  authorization === undefined ? sessionToken(cookie) : bearerToken(authorization)

const bearerToken = (authorization: string): string | undefined =>
  authorization.match(/^Bearer ([\x21-\x7e]+)$/i)?.[1]

const sessionToken = (cookie: string | undefined): string | undefined =>
  cookie === undefined ? undefined : parse(cookie, SESSION_COOKIE)[SESSION_COOKIE]
