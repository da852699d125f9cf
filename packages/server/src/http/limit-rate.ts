import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './context.ts'
import { type Limits, setQuotaHeaders } from './limits.ts'
import { presentedToken } from './presented.ts'

/** Counts every request once, before anything is looked up. */
export const limitRate = (limits: Limits) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const token = presentedToken({
      authorization: c.req.header('authorization'),
      cookie: c.req.header('cookie'),
    })
    setQuotaHeaders(c, limits.count({ token, address: c.var.address }))
    await next()
  })
