import type { TaskId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { Queryable, QuestionRow, Tx } from '../../db/tables.ts'

export async function openQuestion(
  tx: Tx,
  taskId: TaskId,
  attempt: number,
): Promise<QuestionRow | undefined> {
  const questions = await questionsOf(tx, taskId)
  return questions.find((each) => each.attempt === attempt && each.answeredAt === null)
}

const questionsById = prepared((db, { id }: { id: TaskId }) =>
  db
    .selectFrom('taskQuestions')
    .select(['taskId', 'attempt', 'text', 'askedAt', 'answer', 'answeredBy', 'answeredAt'])
    .where('taskId', '=', id)
    .orderBy('attempt'),
)

export const questionsOf = (db: Queryable, id: TaskId): Promise<QuestionRow[]> =>
  questionsById(db, { id })

/** What an attempt is given: the request, and every question that was answered on the way. */
export function withAnswers(text: string, questions: readonly QuestionRow[]): string {
  const answered = questions.filter(({ answer }) => answer !== null)
  return [
    text,
    ...answered.map((each) => `You asked: ${each.text}\nThe answer: ${each.answer}`),
  ].join('\n\n')
}

type Asked = Pick<QuestionRow, 'taskId' | 'attempt' | 'text'>

/** Asked again in the same attempt, the last question counts. */
export async function saveQuestion(tx: Tx, { taskId, attempt, text }: Asked): Promise<void> {
  const askedAt = await dbNow(tx)
  await tx
    .insertInto('taskQuestions')
    .values({ taskId, attempt, text, askedAt })
    .onConflict((on) => on.columns(['taskId', 'attempt']).doUpdateSet({ text, askedAt }))
    .execute()
}
