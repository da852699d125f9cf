import { reviewSecrets } from './secrets/review-secrets.ts'
import { runSpecialist } from './specialist.ts'

await runSpecialist(reviewSecrets)
