/** Whether a login may pass through this process (S25). Asks before anything is loaded. */
import { keepMemoryOutOfCores } from './core-dump-filter.ts'
import { unsafeInEnvironment } from './environment-check.ts'

/** The name of what is not safe; null where all is. */
export function isUnsafeProcess(): string | null {
  keepMemoryOutOfCores()
  // A debugger is opened by an option, which is looked for, or by SIGUSR1, which gets a listener in its place.
  process.on('SIGUSR1', () => undefined)
  return unsafeInEnvironment({ env: process.env, execArgv: process.execArgv, inspectorUrl: undefined })
}
