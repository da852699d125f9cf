import type { TimelineEntry } from '@molecule/contract/task'
import { text } from '../strings.ts'

/** What happened, as a sentence. */
export function timelineSentence(entry: TimelineEntry, who: string | undefined): string {
  const { what, attempt, outcome } = entry
  const ended = outcome === null ? '' : outcomeWords(outcome)
  switch (what) {
    case 'asked':
      return text.timeline.asked(who ?? '')
    case 'handed_over':
      return text.timeline.handedOver(who ?? '', attempt ?? 1)
    case 'began':
      return text.timeline.began(attempt ?? 1)
    case 'attempt_ended':
      return text.timeline.attemptEnded(attempt ?? 1, ended)
    case 'asked_back':
      return text.timeline.askedBack
    case 'answered':
      return text.timeline.answered(who ?? '')
    case 'cancel_requested':
      return text.timeline.cancelRequested
    case 'ended':
      return text.timeline.ended(ended)
    case 'late_result':
      return text.timeline.late(attempt ?? 1)
  }
}

const outcomeWords = (outcome: NonNullable<TimelineEntry['outcome']>) =>
  (outcome === 'stuck' ? text.taskLabel.stuck : text.outcomeLabel[outcome]).toLowerCase()
