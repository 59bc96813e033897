/** What must not be on in a process that holds passwords: debuggers, TLS key logs, heap snapshots, reports (S25). Pure. */

export interface ProcessEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Options of Node itself, as in `process.execArgv`. */
  readonly execArgv: readonly string[]
  /** Address of an open inspector, however it was opened. */
  readonly inspectorUrl: string | undefined
}

const unsafeVariables = [
  'NODE_OPTIONS',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_REDIRECT_WARNINGS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  // S15: it would lead even the metadata service through a proxy of the environment.
  'NODE_USE_ENV_PROXY',
  'NODE_V8_COVERAGE',
  'SSLKEYLOGFILE',
]

/** Whole names, or the beginning of a family of them. */
const unsafeOptions = [
  /^--inspect(?:-|=|$)/,
  /^--debug(?:-|=|$)/,
  /^--tls-keylog(?:=|$)/,
  /^--use-env-proxy$/,
  /^--trace-tls$/,
  /^--heapsnapshot-/,
  /^--heap-prof(?:-|=|$)/,
  /^--cpu-prof(?:-|=|$)/,
  /^--report-/,
  /^--experimental-report$/,
  /^--abort-on-uncaught-exception$/,
  /^--prof$/,
]

/** The name of the first thing that is not safe; null where all is. A variable that is set but empty does nothing. */
export function unsafeInEnvironment({ env, execArgv, inspectorUrl }: ProcessEnvironment): string | null {
  const variable = unsafeVariables.find((name) => (env[name] ?? '') !== '')
  if (variable !== undefined) return variable
  const option = execArgv.find((argument) => unsafeOptions.some((unsafe) => unsafe.test(asNodeReadsIt(argument))))
  if (option !== undefined) return option.split('=')[0] ?? option
  return inspectorUrl === undefined ? null : 'an open debugger'
}

/** Node takes `_` for `-` in its own options. */
const asNodeReadsIt = (option: string) => option.replaceAll('_', '-')
