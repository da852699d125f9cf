import { useLoad } from '../use-load.ts'

/** What a new workspace can be made of. */
export function useOffers() {
  return useLoad('offers', '', async ({ client }, signal) => {
    const [{ runtimes }, templates] = await Promise.all([
      client.runtimes({ signal }),
      client.templates.list({ signal }),
    ])
    return { runtimes, templates }
  })
}

/** Names of what is stored for all, values never. */
export function useStoredNames() {
  return useLoad('stored names', '', async ({ client }, signal) => {
    const secrets = await client.secrets.global.list({ signal })
    return new Set(secrets.map(({ key }) => key))
  })
}
