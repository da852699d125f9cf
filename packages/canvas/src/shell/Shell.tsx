import { type ReactNode, Suspense } from 'react'
import { text } from '../strings.ts'
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx'
import { useFreshness } from './FreshnessPill.tsx'
import { Header } from './Header.tsx'
import { StaleBanner } from './StaleBanner.tsx'

/** What stays in sight whatever page is open. */
export function Shell({ page, children }: { page: string; children: ReactNode }) {
  const freshness = useFreshness()
  return (
    <div className="page" data-freshness={freshness}>
      <Header />
      <StaleBanner />
      <div className="page-body">
        <ErrorBoundary key={page} title={text.pages.crash}>
          <Suspense fallback={<p className="loading page-loading">{text.pages.loading}</p>}>
            {children}
          </Suspense>
        </ErrorBoundary>
      </div>
    </div>
  )
}
