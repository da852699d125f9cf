import { LoginPage } from './login/LoginPage.tsx'
import { OrgPage } from './org/OrgPage.tsx'
import type { Services } from './services.ts'
import { ErrorBoundary } from './ui/ErrorBoundary.tsx'
import { ServicesContext, usePlace } from './use-services.ts'

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
  return usePlace().page === 'login' ? <LoginPage /> : <OrgPage />
}
