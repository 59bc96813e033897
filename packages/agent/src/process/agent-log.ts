/** The agent's log: JSON lines on standard error. Callers log codes and facts; nothing from outside goes in unescaped (S25). */
import { writeSync } from 'node:fs'
import pino from 'pino'
import type { AgentLog } from '../node-agent.ts'

const standardError = {
  /** Synchronous: the last line before a crash is the one that matters. A line that cannot be written, as on a full disk, is lost. */
  write(line: string): void {
    try {
      writeSync(2, line)
    } catch {
      // pino's own destination would end the process.
    }
  },
}

export function openAgentLog(): AgentLog {
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    standardError,
  )
}
