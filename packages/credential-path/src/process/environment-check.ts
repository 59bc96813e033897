/**
 * Finds what a process that holds passwords must not have on: debuggers, TLS key logs, heap snapshots, reports (S25), and certificate
 * authorities from the environment (S15). Pure.
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
  // S15: it would route even the metadata service through a proxy from the environment.
  'NODE_USE_ENV_PROXY',
  'NODE_V8_COVERAGE',
  'SSLKEYLOGFILE',
  // How OpenSSL validates a certificate, and which code it loads to do so.
  'OPENSSL_CONF',
  'OPENSSL_CONF_INCLUDE',
  'OPENSSL_MODULES',
  'OPENSSL_ENGINES',
]

/** Full names, or the prefix of a family of names. */
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

/** The name of the first unsafe setting; null if all are safe. A variable that is set but empty has no effect. */
export function unsafeInEnvironment({ inspectorUrl, ...given }: ProcessEnvironment): string | null {
  return firstOf(unsafeVariables, unsafeOptions, given) ?? (inspectorUrl === undefined ? null : 'an open debugger')
}

/** The name of the first setting that makes Node trust authorities outside its own list; null if there is none. */
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

/** Node accepts `_` for `-` in its own options. */
const asNodeReadsIt = (option: string) => option.replaceAll('_', '-')
