import { createHash } from 'node:crypto'
import {
  AuditExportEnd,
  type AuditHead,
  AuditRecord,
  type AuditVerdict,
} from '@molecule/contract/audit'
import { type AuditPoint, auditChain } from '@molecule/contract/audit-chain'
import { parseCanonical } from '@molecule/contract/canonical-json'

type Known = {
  /** Where the export begins, if not with the first record. */
  after?: AuditPoint
  /** A head that was kept elsewhere. */
  through?: AuditPoint
}

type Chain = ReturnType<typeof auditChain>

/** Checks an export by itself, with nothing of the server that wrote it. */
export async function verifyExport(
  lines: AsyncIterable<string>,
  known: Known = {},
): Promise<AuditVerdict> {
  const chain = auditChain({ sha256, ...known })
  let head: AuditHead | undefined
  for await (const line of lines) {
    if (head) {
      chain.refuse('stands behind the head, which ends an export')
      break
    }
    head = headOf(line)
    if (!head && !followLine(chain, line)) break
  }
  if (!head) chain.refuse('is not there, nor is the head that ends an export: the file was cut off')
  return chain.end(head ?? null)
}

function headOf(line: string): AuditHead | undefined {
  const parsed = parseCanonical(line)
  return parsed && AuditExportEnd.safeParse(parsed.value).data?.head
}

function followLine(chain: Chain, line: string): boolean {
  const parsed = parseCanonical(line)
  const record = parsed && AuditRecord.safeParse(parsed.value)
  // The value itself: what a schema hands on may lack a name such as __proto__.
  if (record?.success) return chain.follow(parsed?.value as AuditRecord)
  const issue = record?.error.issues[0]
  if (!issue) chain.refuse('is not a line as an export writes it: canonical JSON')
  else if (issue.code === 'unrecognized_keys')
    chain.refuse(`has a field that no record has: ${issue.keys[0]}`, issue.keys[0])
  else chain.refuse(`is not a record: ${issue.path.join('.')}: ${issue.message}`, fieldOf(issue))
  return false
}

const fieldOf = ({ path }: { path: PropertyKey[] }) => String(path[0] ?? '') || null

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
