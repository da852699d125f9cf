import { reviewCode } from './code/review-code.ts'
import { runSpecialist } from './specialist.ts'

await runSpecialist(reviewCode)
