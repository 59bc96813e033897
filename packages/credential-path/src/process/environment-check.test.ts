/** S25: what makes the agent refuse to start. */
import { describe, expect, test } from 'vitest'
import { authorityInEnvironment, unsafeInEnvironment } from './environment-check.ts'

const clean = { env: { PATH: '/usr/bin', SSL_CERT_FILE: '/ca.pem' }, execArgv: [], inspectorUrl: undefined }

describe('unsafeInEnvironment', () => {
  test('a plain environment is safe, also with the flag that closes the debugger', () => {
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
    'OPENSSL_CONF',
    'OPENSSL_MODULES',
    'OPENSSL_ENGINES',
  ])('the variable %s is refused by name, and its value is not told', (name) => {
    expect(unsafeInEnvironment({ ...clean, env: { ...clean.env, [name]: 'some value' } })).toBe(name)
  })

  test('a variable that is set but empty is safe', () => {
    expect(unsafeInEnvironment({ ...clean, env: { NODE_OPTIONS: '' } })).toBeNull()
  })

  test.each([
    ['--inspect', '--inspect'],
    ['--inspect=0.0.0.0:9229', '--inspect'],
    ['--inspect-brk', '--inspect-brk'],
    ['--inspect_wait', '--inspect_wait'],
    ['--tls-keylog=/tmp/keys', '--tls-keylog'],
    ['--use-env-proxy', '--use-env-proxy'],
    ['--trace-tls', '--trace-tls'],
    ['--heapsnapshot-signal=SIGUSR2', '--heapsnapshot-signal'],
    ['--heapsnapshot-near-heap-limit=1', '--heapsnapshot-near-heap-limit'],
    ['--heap-prof', '--heap-prof'],
    ['--report-on-signal', '--report-on-signal'],
    ['--report-uncaught-exception', '--report-uncaught-exception'],
    ['--abort-on-uncaught-exception', '--abort-on-uncaught-exception'],
    ['--openssl-config=/tmp/openssl.cnf', '--openssl-config'],
    ['--openssl-legacy-provider', '--openssl-legacy-provider'],
    ['--tls-cipher-list=ALL', '--tls-cipher-list'],
    ['--tls-min-v1.0', '--tls-min-v1.0'],
  ])('the option %s is refused as %s', (option, name) => {
    expect(unsafeInEnvironment({ ...clean, execArgv: ['--no-warnings', option] })).toBe(name)
  })

  test('a debugger that is open already is refused', () => {
    expect(unsafeInEnvironment({ ...clean, inspectorUrl: 'ws://127.0.0.1:9229/x' })).toBe('an open debugger')
  })
})

describe('S15: authorityInEnvironment', () => {
  test('an environment that adds no authority is safe, also with what Node obeys only together with another', () => {
    const env = { SSL_CERT_FILE: '/ca.pem', SSL_CERT_DIR: '/certs', AWS_CA_BUNDLE: '/ca.pem', NODE_EXTRA_CA_CERTS: '' }
    expect(authorityInEnvironment({ env, execArgv: ['--use-bundled-ca'] })).toBeNull()
  })

  test.each(['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA'])('the variable %s is found by name', (name) => {
    expect(authorityInEnvironment({ env: { [name]: '1' }, execArgv: [] })).toBe(name)
  })

  test.each(['--use-system-ca', '--use-openssl-ca', '--use_system_ca'])('the option %s is found', (option) => {
    expect(authorityInEnvironment({ env: {}, execArgv: ['--no-warnings', option] })).toBe(option)
  })
})
