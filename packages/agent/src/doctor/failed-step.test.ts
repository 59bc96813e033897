/** Problems by step: every problem of the credential path has a step, a fix, and somebody who can act. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { problems, type ProblemCode, type ProblemRow } from '@fairlead/contract/problems'
import { describe, expect, test } from 'vitest'
import { doctorSteps, type DoctorStepName } from './doctor-report.ts'
import { failedStep } from './failed-step.ts'

/** For each code: the step that meets it, and the step that reports it. Null: it ends something a doctor does not do, the pull or the start. */
const expected: Partial<Record<ProblemCode, readonly [met: DoctorStepName, told: DoctorStepName] | null>> = {
  POLICY_INVALID: ['policy', 'policy'],
  POLICY_UNSAFE: ['policy', 'policy'],
  POLICY_MISSING: ['policy', 'policy'],
  IMAGE_REF_INVALID: ['image', 'image'],
  REGISTRY_NOT_ALLOWED: ['image', 'image'],
  NODE_IDENTITY_MISSING: ['identity', 'identity'],
  NODE_REGION_MISSING: ['identity', 'identity'],
  NODE_CREDENTIALS_UNKNOWN: ['identity', 'identity'],
  NODE_CREDENTIALS_EXPIRED: ['identity', 'identity'],
  NODE_SIGNATURE_REJECTED: ['identity', 'identity'],
  NODE_IDENTITY_UNAVAILABLE: ['identity', 'identity'],
  NODE_SCOPE_TOO_NARROW: ['secret', 'secret'],
  SECRET_MANAGER_DISABLED: ['secret', 'secret'],
  SECRET_ANSWER_UNCHECKED: ['secret', 'secret'],
  SECRET_ANSWER_UNUSABLE: ['secret', 'secret'],
  DESIRED_STATE_REFUSED: ['secret', 'secret'],
  SECRET_REF_INVALID: ['secret', 'secret'],
  REFERENCE_LOOKS_LIKE_A_SECRET: ['secret', 'secret'],
  SECRET_NOT_ALLOWED_HERE: ['secret', 'secret'],
  SECRET_NOT_FOUND: ['secret', 'secret'],
  SECRET_ACCESS_DENIED: ['secret', 'secret'],
  SECRET_DECRYPT_DENIED: ['secret', 'secret'],
  SECRET_UNAVAILABLE: ['secret', 'secret'],
  SECRET_MANAGER_UNREACHABLE: ['secret', 'secret'],
  SECRET_MANAGER_TLS: ['secret', 'secret'],
  SECRET_MANAGER_TLS_EXPIRED: ['secret', 'secret'],
  SECRET_MANAGER_TLS_NOT_YET_VALID: ['secret', 'secret'],
  SECRET_MANAGER_TLS_NAME: ['secret', 'secret'],
  SECRET_MANAGER_TLS_HANDSHAKE: ['secret', 'secret'],
  SECRET_MANAGER_THROTTLED: ['secret', 'secret'],
  SECRET_MANAGER_FAILED: ['secret', 'secret'],
  SECRET_MANAGER_PLAIN_HTTP: ['secret', 'secret'],
  METADATA_ADDRESS_REFUSED: ['identity', 'identity'],
  SECRET_FILE_UNSAFE: ['secret', 'secret'],
  SECRET_TOO_LARGE: ['secret', 'parse'],
  SECRET_NOT_JSON: ['secret', 'parse'],
  SECRET_FIELD_MISSING: ['secret', 'parse'],
  SECRET_FIELD_INVALID: ['secret', 'parse'],
  SECRET_SERVER_MALFORMED: ['match', 'match'],
  CREDENTIAL_SERVER_MISMATCH: ['match', 'match'],
  REGISTRY_DNS: ['reach', 'reach'],
  REGISTRY_UNREACHABLE: ['reach', 'reach'],
  REGISTRY_TIMEOUT: ['reach', 'reach'],
  REGISTRY_ADDRESS_REFUSED: ['reach', 'reach'],
  REGISTRY_PLAIN_HTTP: ['reach', 'reach'],
  REGISTRY_OF_ANOTHER_USER: ['reach', 'reach'],
  REGISTRY_TLS: ['reach', 'tls'],
  REGISTRY_TLS_EXPIRED: ['reach', 'tls'],
  REGISTRY_TLS_NOT_YET_VALID: ['reach', 'tls'],
  REGISTRY_TLS_NAME: ['reach', 'tls'],
  REGISTRY_TLS_HANDSHAKE: ['reach', 'tls'],
  REGISTRY_PROTOCOL: ['challenge', 'challenge'],
  REGISTRY_REDIRECT_REFUSED: ['challenge', 'challenge'],
  CHALLENGE_MALFORMED: ['reach', 'challenge'],
  CHALLENGE_UNSUPPORTED: ['reach', 'challenge'],
  TOKEN_REALM_NOT_TRUSTED: ['challenge', 'realm'],
  TOKEN_REALM_UNREACHABLE: ['token', 'token'],
  TOKEN_REALM_FAILED: ['token', 'token'],
  TOKEN_ANSWER_INVALID: ['token', 'token'],
  REGISTRY_LOGIN_REJECTED: ['manifest', 'token'],
  REGISTRY_AUTH_MISSING: ['token', 'token'],
  REGISTRY_ACCESS_DENIED: ['manifest', 'manifest'],
  REGISTRY_RATE_LIMITED: ['manifest', 'manifest'],
  REGISTRY_UNAVAILABLE: ['manifest', 'manifest'],
  IMAGE_NOT_FOUND: ['manifest', 'manifest'],
  IMAGE_LAYER_ELSEWHERE: ['manifest', 'platform'],
  IMAGE_UNSUPPORTED: ['manifest', 'platform'],
  IMAGE_PLATFORM_MISMATCH: ['manifest', 'platform'],
  IMAGE_TOO_LARGE: ['manifest', 'disk'],
  METADATA_OPEN_TO_PODS: ['metadata', 'metadata'],
  NODE_DISK_FULL: ['disk', 'disk'],
  ENGINE_UNREACHABLE: ['docker', 'docker'],
  ENGINE_ACCESS_DENIED: ['docker', 'docker'],
  ENGINE_TOO_OLD: ['docker', 'docker'],
  ENGINE_CANNOT_UNPACK: ['manifest', 'platform'],
  ENGINE_FAILED: ['docker', 'docker'],
  ENGINE_CANNOT_REACH_GATEWAY: ['gateway', 'gateway'],
  IMAGE_INCOMPLETE: null,
  IMAGE_CORRUPT: null,
  PULL_STALLED: null,
  CONTAINER_START_FAILED: null,
  AGENT_STATE_UNREADABLE: null,
  FILE_FORBIDDEN: null,
  STATE_DIR_IN_USE: null,
  INTERRUPTED: null,
  TIMED_OUT: null,
  INTERNAL: null,
}

const source = join(import.meta.dirname, '../../../credential-path/src')
const folders = ['policy', 'match', 'secret', 'registry', 'layers', 'gateway', 'engine', 'pull']
const files = globSync(`{${folders.join(',')}}/**/*.ts`, { cwd: source }).filter((path) => !path.endsWith('.test.ts'))
const given = new Set(
  files.flatMap((path) =>
    Array.from(
      readFileSync(join(source, path), 'utf8').matchAll(/\bproblem\(\s*'([A-Z_]+)'/g),
      ([, code]) => code ?? '',
    ),
  ),
)

test('the source of the path has no problem without a step', () => {
  expect(given.size).toBeGreaterThan(40)
  expect([...given].filter((code) => !(code in expected))).toEqual([])
})

const rows = Object.entries(expected) as [ProblemCode, (typeof expected)[ProblemCode]][]

describe.each(rows)('%s', (code, steps) => {
  const row: ProblemRow = problems[code]

  test('is reported for the step it belongs to', () => {
    const moves = steps ? [steps] : doctorSteps.map((step) => [step, step] as const)
    for (const [met, told] of moves) expect(failedStep(code, met)).toBe(told)
  })

  test('says what to do and who can do it', () => {
    expect(row.fix).toMatch(
      /^(?:Add|Ask|Attach|Build|Check|Correct|Create|Free|Give|If|Install|Leave|Let|Look|Make|Put|Replace|Restore|Run|See|Serve|Set|Start|Stop|Store|Try|Push|Use|Wait|Write)\b/,
    )
    expect(['you', 'node-owner', 'registry-admin', 'cloud-admin']).toContain(row.who)
  })
})
