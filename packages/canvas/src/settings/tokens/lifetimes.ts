import type { Choice } from '../../ui/Choices.tsx'
import { settingsText } from '../settings-text.ts'

const { expiry, overlaps } = settingsText.tokens
const dayS = 86_400

export const expiryChoices: readonly Choice<number>[] = [
  { value: dayS, label: expiry.day },
  { value: 7 * dayS, label: expiry.week },
  { value: 30 * dayS, label: expiry.month },
  { value: 90 * dayS, label: expiry.quarter },
  { value: 365 * dayS, label: expiry.year },
]

export const usualExpiryS = 90 * dayS

export const overlapChoices: readonly Choice<number>[] = [
  { value: 0, label: overlaps.none },
  { value: 300, label: overlaps.short },
  { value: 3600, label: overlaps.long },
]

/** Whoever wants the old one refused at once revokes it. */
export const usualOverlapS = 300
