/** The agent's log: JSON lines on standard error. Callers log codes and facts; nothing from outside goes in unescaped (S25). */
import pino from 'pino'
import type { AgentLog } from '../node-agent.ts'

export function openAgentLog(): AgentLog {
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    // Synchronous: the last line before a crash is the one that matters.
    pino.destination({ fd: 2, sync: true }),
  )
}
