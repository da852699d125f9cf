import { reviewDependencies } from './dependencies/review-dependencies.ts'
import { runSpecialist } from './specialist.ts'

await runSpecialist(reviewDependencies)
