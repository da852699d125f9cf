import { Hono } from 'hono'
import { DomainError } from '../../domain/error.ts'
import { guard } from '../authenticate.ts'
import type { AppEnv, Services } from '../context.ts'
import { refusals } from './refusals.ts'

/** Answers what is not served any more, or not yet, with the reason and with what there is instead. */
export function refusedRoutes(services: Services) {
  const app = new Hono<AppEnv>()
  for (const { code, why, use, routes } of refusals)
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      app.on(method, path, guard(services, route), () => {
        throw new DomainError(code, why, { hint: use })
      })
    }
  return app
}
