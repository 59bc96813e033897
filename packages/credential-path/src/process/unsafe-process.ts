/** Whether a login may pass through this process (S25). Checked before anything is loaded. */
import { keepMemoryOutOfCores } from './core-dump-filter.ts'
import { unsafeInEnvironment } from './environment-check.ts'

/** The name of the unsafe setting; null if all are safe. */
export function isUnsafeProcess(): string | null {
  keepMemoryOutOfCores()
  // A debugger is opened by an option, which we check for, or by SIGUSR1, which gets a listener instead.
  process.on('SIGUSR1', () => undefined)
  return unsafeInEnvironment({ env: process.env, execArgv: process.execArgv, inspectorUrl: undefined })
}
