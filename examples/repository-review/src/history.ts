import { crashOnce } from './crash.ts'
import { reviewHistory } from './history/review-history.ts'
import { runSpecialist } from './specialist.ts'

await runSpecialist(reviewHistory, crashOnce(process.argv))
