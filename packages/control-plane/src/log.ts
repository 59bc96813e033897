/** The log: JSON lines on standard error. Bodies, headers and query strings are never logged. */
import { pino, type Logger } from 'pino'

export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: false }),
  )
}
