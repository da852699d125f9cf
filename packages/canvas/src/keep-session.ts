import { home } from './lib/place.ts'
import { type Services, signIn } from './services.ts'

type Needs = Pick<Services, 'client' | 'store' | 'link' | 'router'>
type Page = Pick<Window, 'location' | 'addEventListener'>

/**
 * Runs the live link while there is a session. Without one the login page shows; a token in its address is used once
 * and leaves the address at once.
 */
export function keepSession(services: Needs, window: Page) {
  const { store, link, router } = services
  let running: AbortController | undefined
  const start = () => {
    if (running) return
    running = new AbortController()
    void link.run(running.signal)
  }
  const stop = () => {
    running?.abort()
    running = undefined
  }
  store.subscribe(({ access }, former) => {
    if (access === former.access) return
    const isOnLogin = router.place().page === 'login'
    if (access.state === 'signed_out') {
      stop()
      if (!isOnLogin) router.go({ page: 'login' }, 'replace')
    }
    if (access.state === 'signed_in') {
      start()
      if (isOnLogin) router.go(home, 'replace')
    }
  })
  const redeem = () => {
    const token = window.location.hash.slice(1)
    if (router.place().page !== 'login' || token === '') return false
    router.go({ page: 'login' }, 'replace')
    stop()
    void signIn(services, token)
    return true
  }
  window.addEventListener('hashchange', redeem)
  window.addEventListener('online', link.retryNow)
  if (!redeem()) start()
}
