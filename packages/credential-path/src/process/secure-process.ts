/** Makes a process safe to hold passwords, or stops it: others can neither inspect it nor choose whom it trusts (S15, S25). */
import { url as inspectorUrl } from 'node:inspector'
import { problem } from '@fairlead/contract/problems'
import { keepMemoryOutOfCores } from './core-dump-filter.ts'
import { authorityInEnvironment, unsafeInEnvironment } from './environment-check.ts'
import { useSystemStore } from './system-authorities.ts'

/** Returns what `trustSystemStore` returns. Throws AGENT_ENVIRONMENT_UNSAFE, AUTHORITIES_IN_ENVIRONMENT or SYSTEM_AUTHORITIES_UNUSABLE. */
export function secureProcess(): string | null {
  keepMemoryOutOfCores()
  const name = unsafeInEnvironment({ env: process.env, execArgv: process.execArgv, inspectorUrl: inspectorUrl() })
  if (name !== null) throw problem('AGENT_ENVIRONMENT_UNSAFE', { name })
  // Without --disable-sigusr1 this signal opens a debugger; a listener replaces that.
  if (process.listenerCount('SIGUSR1') === 0) process.on('SIGUSR1', () => undefined)
  return trustSystemStore()
}

/** Only the second half. Returns the file of the authorities in force; null: the system has none, and Node's own list applies. */
export function trustSystemStore(): string | null {
  const name = authorityInEnvironment({ env: process.env, execArgv: process.execArgv })
  if (name !== null) throw problem('AUTHORITIES_IN_ENVIRONMENT', { name })
  return useSystemStore()
}
