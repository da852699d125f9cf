import { type Logger, pino } from 'pino'
import { redactJson } from '../lib/redact.ts'

/** The log of the server, a JSON document per line. No secret reaches it, whatever an error or a field holds. */
export const serverLog = (level: string, write: (line: string) => void): Logger =>
  pino(
    { level, serializers: { error: pino.stdSerializers.err } },
    { write: (line: string) => write(`${redactJson(line)}\n`) },
  )
