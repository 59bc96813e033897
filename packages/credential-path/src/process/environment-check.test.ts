/** S25: what makes the agent refuse to start. */
import { describe, expect, test } from 'vitest'
import { authorityInEnvironment, unsafeInEnvironment } from './environment-check.ts'

const clean = { env: { PATH: '/usr/bin', SSL_CERT_FILE: '/ca.pem' }, execArgv: [], inspectorUrl: undefined }

describe('unsafeInEnvironment', () => {
  test('accepts a plain environment, including the flag that disables the debugger', () => {
    expect(unsafeInEnvironment({ ...clean, execArgv: ['--disable-sigusr1', '--enable-source-maps'] })).toBeNull()
  })

  test.each([
    'NODE_OPTIONS',
    'NODE_DEBUG',
    'SSLKEYLOGFILE',
    'NODE_TLS_REJECT_UNAUTHORIZED',
    'NODE_USE_ENV_PROXY',
    'NODE_V8_COVERAGE',
    'NODE_DEBUG_NATIVE',
    'NODE_REDIRECT_WARNINGS',
    'OPENSSL_CONF',
    'OPENSSL_CONF_INCLUDE',
    'OPENSSL_MODULES',
    'OPENSSL_ENGINES',
  ])('rejects the variable %s by name, without its value', (name) => {
    expect(unsafeInEnvironment({ ...clean, env: { ...clean.env, [name]: 'some value' } })).toBe(name)
  })

  test('accepts a variable that is set but empty', () => {
    expect(unsafeInEnvironment({ ...clean, env: { NODE_OPTIONS: '' } })).toBeNull()
  })

  test.each([
    ['--inspect', '--inspect'],
    ['--inspect=0.0.0.0:9229', '--inspect'],
    ['--inspect-brk', '--inspect-brk'],
    ['--inspect_wait', '--inspect_wait'],
    ['--debug-brk', '--debug-brk'],
    ['--tls-keylog=/tmp/keys', '--tls-keylog'],
    ['--use-env-proxy', '--use-env-proxy'],
    ['--trace-tls', '--trace-tls'],
    ['--heapsnapshot-signal=SIGUSR2', '--heapsnapshot-signal'],
    ['--heapsnapshot-near-heap-limit=1', '--heapsnapshot-near-heap-limit'],
    ['--heap-prof', '--heap-prof'],
    ['--cpu-prof-dir=/tmp', '--cpu-prof-dir'],
    ['--prof', '--prof'],
    ['--experimental-report', '--experimental-report'],
    ['--report-on-signal', '--report-on-signal'],
    ['--report-uncaught-exception', '--report-uncaught-exception'],
    ['--abort-on-uncaught-exception', '--abort-on-uncaught-exception'],
    ['--openssl-config=/tmp/openssl.cnf', '--openssl-config'],
    ['--openssl-legacy-provider', '--openssl-legacy-provider'],
    ['--tls-cipher-list=ALL', '--tls-cipher-list'],
    ['--tls-min-v1.0', '--tls-min-v1.0'],
  ])('rejects the option %s as %s', (option, name) => {
    expect(unsafeInEnvironment({ ...clean, execArgv: ['--no-warnings', option] })).toBe(name)
  })

  test('rejects a debugger that is already open', () => {
    expect(unsafeInEnvironment({ ...clean, inspectorUrl: 'ws://127.0.0.1:9229/x' })).toBe('an open debugger')
  })
})

describe('S15: authorityInEnvironment', () => {
  test('accepts an environment that adds no authority, including what Node obeys only in combination', () => {
    const env = { SSL_CERT_FILE: '/ca.pem', SSL_CERT_DIR: '/certs', AWS_CA_BUNDLE: '/ca.pem', NODE_EXTRA_CA_CERTS: '' }
    expect(authorityInEnvironment({ env, execArgv: ['--use-bundled-ca'] })).toBeNull()
  })

  test.each(['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA'])('finds the variable %s by name', (name) => {
    expect(authorityInEnvironment({ env: { [name]: '1' }, execArgv: [] })).toBe(name)
  })

  test.each(['--use-system-ca', '--use-openssl-ca', '--use_system_ca'])('finds the option %s', (option) => {
    expect(authorityInEnvironment({ env: {}, execArgv: ['--no-warnings', option] })).toBe(option)
  })
})
