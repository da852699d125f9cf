import { Component, type ReactNode } from 'react'
import { logWarning } from '../lib/log.ts'
import { text } from '../strings.ts'
import { ProblemNote } from './ProblemNote.tsx'

type Props = { children: ReactNode; title?: string }

/** Keeps a crash of one part from blanking the page. React offers this to classes only. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidCatch(error: Error) {
    logWarning('a part of the page crashed', { error })
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <ProblemNote
        title={this.props.title ?? text.problem.unknownTitle}
        problem={{ detail: text.problem.unknownDetail, hint: text.problem.unknownHint }}
        action={{ label: text.common.retry, run: () => this.setState({ failed: false }) }}
      />
    )
  }
}
