/** A fix says what to do in this very case: which command, which line, which registry's own words. */
import { describe, expect, test } from 'vitest'
import { Problem, problem } from './problem.ts'

const registry = 'registry.example.com:5000'

describe('a rejected login', () => {
  test('by Docker Hub: says that it wants an access token', () => {
    expect(problem('REGISTRY_LOGIN_REJECTED', { registry: 'docker.io' }).fix).toContain('access token of Docker Hub')
  })

  test('by any other registry: does not mention Docker Hub', () => {
    expect(problem('REGISTRY_LOGIN_REJECTED', { registry }).fix).not.toContain('Docker Hub')
    expect(problem('REGISTRY_RATE_LIMITED', { registry }).fix).not.toContain('Docker Hub')
  })
})

test('a reference that is not granted: suggests a grant for this registry only', () => {
  const known = problem('REFERENCE_NOT_ALLOWED', { reference: 'team/login', registry })
  expect(known.fix).toContain(`\`fairlead cloud grant team/login --registry ${registry}\``)
  for (const facts of [{}, { reference: 'a; rm -rf', registry }]) {
    expect(problem('REFERENCE_NOT_ALLOWED', facts).fix).toContain('`fairlead cloud grant REFERENCE --registry HOST`')
  }
})

test('a local secret that is missing, or has the name of another provider: mentions --provider', () => {
  for (const found of [
    problem('SECRET_NOT_FOUND', { reference: 'login', provider: 'local' }),
    problem('SECRET_REF_INVALID', { reason: 'x', provider: 'local' }),
  ]) {
    expect(found.fix).toContain('--provider aws or --provider gcp')
  }
  expect(problem('SECRET_NOT_FOUND', { reference: 'login' }).fix).not.toContain('--provider')
})

describe('a secret for another registry', () => {
  const fixFor = (provider: string, reference: string) =>
    problem('CREDENTIAL_SERVER_MISMATCH', { registry, provider, reference }).fix

  test.each([
    ['aws', 'team/login', 'aws secretsmanager get-secret-value --secret-id team/login --query SecretString'],
    [
      'aws',
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/login-AbCdEf',
      '--secret-id arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/login-AbCdEf --region eu-west-1',
    ],
    ['gcp', 'login', 'gcloud secrets versions access latest --secret=login | jq .server'],
    [
      'gcp',
      '/projects/p/secrets/login/versions/3',
      'gcloud secrets versions access projects/p/secrets/login/versions/3',
    ],
    ['local', 'login', 'fairlead doctor'],
  ])('%s, %s: says how to look at that one field', (provider, reference, command) => {
    const fix = fixFor(provider, reference)
    expect(fix).toContain(command)
    expect(fix).toContain(`Set \`server\` in the secret to ${registry}`)
  })

  test('puts no reference that a shell would interpret into a command', () => {
    expect(fixFor('aws', 'a; rm -rf $HOME')).toBe(problem('CREDENTIAL_SERVER_MISMATCH', { registry }).fix)
  })

  test('S6: sends the control plane its registry and reference, but no server', () => {
    const told = problem('CREDENTIAL_SERVER_MISMATCH', {
      registry,
      provider: 'aws',
      reference: 'team/login',
      reason: 'x',
    })
    expect(told.toReport().facts).toEqual({ registry, provider: 'aws', reference: 'team/login' })
    expect(Problem.fromReport(told.toReport()).fix).toBe(told.fix)
  })
})

describe('an untrusted token realm', () => {
  const refused = (host: string) => problem('TOKEN_REALM_NOT_TRUSTED', { registry, host })

  test('on the node: shows the line for its policy', () => {
    expect(refused('https://auth.example.com/token').fix).toContain(
      'trusted_realms: [{"registry":"registry.example.com:5000","realm":"https://auth.example.com/token"}]',
    )
  })

  test('S6: stays on the node, and the control plane shows the general fix', () => {
    const report = refused('https://auth.example.com/token').toReport()
    expect(report).toEqual({ code: 'TOKEN_REALM_NOT_TRUSTED', facts: { registry } })
    expect(Problem.fromReport(report).fix).not.toContain('auth.example.com')
  })

  test.each([
    'http://auth.example.com/token',
    'https://auth.example.com/\\u001b[2J',
    `https://a.example/${'a'.repeat(180)}…`,
    'none',
    'https://a.example/"}]',
  ])('gives no line if it is not a valid place, or was cut or escaped: %j', (host) =>
    expect(refused(host).fix).not.toContain('[{'),
  )
})

describe.each(['ENGINE_FAILED', 'CONTAINER_START_FAILED'] as const)('%s', (code) => {
  const words = 'no matching entries \u001b[2J in passwd file'
  const failed = problem(code, { http_status: 500, reason: words })

  test('where it happened: shows the words of Docker, escaped, and no log of an agent that may not exist', () => {
    expect(failed.fix).toContain('no matching entries \\u001b[2J in passwd file')
    expect(failed.fix).not.toContain('fairlead-agent')
  })

  test('S6: keeps those words on the node, and the control plane says where to read them', () => {
    const report = failed.toReport()
    expect(report).toEqual({ code, facts: { http_status: 500 } })
    expect(Problem.fromReport(report).fix).toContain('journalctl -u fairlead-agent')
  })
})
