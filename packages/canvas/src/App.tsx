import { lazy } from 'react'
import type { Place } from './lib/place.ts'
import { LoginPage } from './login/LoginPage.tsx'
import { OrgPage } from './org/OrgPage.tsx'
import type { Services } from './services.ts'
import { Shell } from './shell/Shell.tsx'
import { ErrorBoundary } from './ui/ErrorBoundary.tsx'
import { ServicesContext, usePlace } from './use-services.ts'

const SettingsPage = lazy(() => import('./settings/SettingsPage.tsx'))
const BoardPage = lazy(() => import('./board/BoardPage.tsx'))
const AuditPage = lazy(() => import('./audit/AuditPage.tsx'))

export function App({ services }: { services: Services }) {
  return (
    <ServicesContext value={services}>
      <ErrorBoundary>
        <Page />
      </ErrorBoundary>
    </ServicesContext>
  )
}

function Page() {
  const place = usePlace()
  if (place.page === 'login') return <LoginPage />
  return <Shell page={place.page}>{content(place)}</Shell>
}

function content(place: Exclude<Place, { page: 'login' }>) {
  switch (place.page) {
    case 'canvas':
      return <OrgPage />
    case 'settings':
      return <SettingsPage section={place.section} />
    case 'board':
      return <BoardPage place={place} />
    case 'audit':
      return <AuditPage place={place} />
    default:
      return place satisfies never
  }
}
