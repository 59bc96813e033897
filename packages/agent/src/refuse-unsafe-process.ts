/** Stops a process that would hold passwords where others can look into it (S25). */
import { url as inspectorUrl } from 'node:inspector'
import { problem } from '@fairlead/contract'
import { keepMemoryOutOfCores } from './core-dump-filter.ts'
import { unsafeInEnvironment } from './environment-check.ts'

export function refuseUnsafeProcess(): void {
  keepMemoryOutOfCores()
  const name = unsafeInEnvironment({ env: process.env, execArgv: process.execArgv, inspectorUrl: inspectorUrl() })
  if (name !== null) throw problem('AGENT_ENVIRONMENT_UNSAFE', { name })
  // Without --disable-sigusr1 this signal opens a debugger; a listener takes that place.
  if (process.listenerCount('SIGUSR1') === 0) process.on('SIGUSR1', () => undefined)
}
