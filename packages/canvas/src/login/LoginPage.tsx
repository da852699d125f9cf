import type { Problem } from '@molecule/contract/problem'
import { home } from '../lib/place.ts'
import { Logo } from '../shell/Logo.tsx'
import type { SignedOutWhy } from '../state/store.ts'
import { text } from '../strings.ts'
import { CommandLine } from '../ui/CommandLine.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { forPage, ProblemNote } from '../ui/ProblemNote.tsx'
import { useCanvas } from '../use-services.ts'

const unknown = { detail: text.problem.unknownDetail, hint: text.problem.unknownHint }

/** There is no password: a one-time link signs in, and this page says how to get one. */
export function LoginPage() {
  const access = useCanvas((state) => state.access)
  const isBusy = access.state === 'signing_in' || access.state === 'unknown'
  return (
    <main className="login">
      <section className="login-card">
        <p className="login-brand">
          <Logo />
          {text.product}
        </p>
        <h1>{text.login.title}</h1>
        {isBusy && <p role="status">{text.login.busy}</p>}
        {access.state === 'signed_in' && (
          <p>
            {text.login.already} <PlaceLink to={home}>{text.login.toCanvas}</PlaceLink>
          </p>
        )}
        {access.state === 'signed_out' && <HowTo why={access.why} problem={access.problem} />}
      </section>
    </main>
  )
}

function HowTo({ why, problem }: { why: SignedOutWhy; problem: Problem | null }) {
  return (
    <>
      {why === 'ended' && <p className="login-ended">{text.login.ended}</p>}
      {(why === 'refused' || why === 'no_answer') && (
        <ProblemNote
          title={text.login.problemTitle[why]}
          problem={problem ? forPage(problem) : unknown}
        />
      )}
      <p>{text.login.lead}</p>
      <p>{text.login.how}</p>
      <CommandLine command={text.login.command} />
    </>
  )
}
