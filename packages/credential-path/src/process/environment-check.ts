/**
 * What must not be on in a process that holds passwords: debuggers, TLS key logs, heap snapshots, reports (S25), and certificate authorities
 * of the environment (S15). Pure.
 */

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
  // How OpenSSL judges a certificate, and which code it loads for that.
  'OPENSSL_CONF',
  'OPENSSL_CONF_INCLUDE',
  'OPENSSL_MODULES',
  'OPENSSL_ENGINES',
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
  /^--openssl-/,
  /^--(?:tls-cipher-list|tls-min-|tls-max-)/,
]

/** Node obeys `SSL_CERT_FILE` and `SSL_CERT_DIR` only with one of these. */
const authorityVariables = ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA']
const authorityOptions = [/^--use-(?:system|openssl)-ca$/]

/** The name of the first thing that is not safe; null where all is. A variable that is set but empty does nothing. */
export function unsafeInEnvironment({ inspectorUrl, ...given }: ProcessEnvironment): string | null {
  return firstOf(unsafeVariables, unsafeOptions, given) ?? (inspectorUrl === undefined ? null : 'an open debugger')
}

/** The name of the first thing that has Node believe other authorities than its own list; null where nothing does. */
export function authorityInEnvironment(given: Pick<ProcessEnvironment, 'env' | 'execArgv'>): string | null {
  return firstOf(authorityVariables, authorityOptions, given)
}

function firstOf(
  variables: readonly string[],
  options: readonly RegExp[],
  { env, execArgv }: Pick<ProcessEnvironment, 'env' | 'execArgv'>,
): string | null {
  const variable = variables.find((name) => (env[name] ?? '') !== '')
  if (variable !== undefined) return variable
  const option = execArgv.find((argument) => options.some((known) => known.test(asNodeReadsIt(argument))))
  return option?.split('=')[0] ?? null
}

/** Node takes `_` for `-` in its own options. */
const asNodeReadsIt = (option: string) => option.replaceAll('_', '-')
