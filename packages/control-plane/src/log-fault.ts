/** Logs an error of work that no request waits for: what lies outside the program is a warning with its code, the rest a fault of the program. */
import { isProblem } from '@fairlead/contract/problems'
import type { Logger } from 'pino'

/** `onProgramFault` is called for the latter. */
export function logFault(error: unknown, log: Pick<Logger, 'warn' | 'error'>, onProgramFault: () => void): void {
  if (isProblem(error) && error.code !== 'INTERNAL') {
    log.warn({ code: error.code }, error.what)
    return
  }
  onProgramFault()
  log.error(withoutMessage(error), 'a fault of the program')
}

/** Library messages may quote their input, so only the kind and location of an error are logged. */
function withoutMessage(error: unknown): { error: string; code?: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const stack = error.stack ?? ''
  // A message can have lines that look like frames, so it is removed whole; if it is not found, the whole stack is dropped.
  const begin = stack.indexOf(error.message)
  const at = (begin === -1 ? '' : stack.slice(begin + error.message.length))
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.trim())
  return { error: error.name, ...code, at: at.slice(0, 12) }
}
