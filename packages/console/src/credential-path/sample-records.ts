/** Records as nodes write them, one for each outcome of a pull: for tests of what is said and drawn about them. */
import { type ProblemCode } from '@fairlead/contract/problems'
import { StepName, type LoginReach, type PullRecord } from '@fairlead/contract/wire'
import { example } from './example.ts'

type Status = PullRecord['steps'][number]['status']

const ofPull = StepName.options.slice(0, StepName.options.indexOf('pull') + 1)

/** Every step before the last is done, and the last is as `ends` says. */
export function stepsUpTo(last: StepName | null, ends: Status, skipped: readonly StepName[] = []): PullRecord['steps'] {
  if (last === null) return []
  return ofPull.slice(0, ofPull.indexOf(last) + 1).map((step) => ({
    step,
    status: skipped.includes(step) ? 'skipped' : step === last ? ends : 'done',
    started_at: example.record.started_at,
    duration_ms: 10,
  }))
}

/** A pull that failed at that step, after a login that matched. */
export function failedAt(step: StepName | null, code: ProblemCode, more: Partial<PullRecord> = {}): PullRecord {
  const isAfterResolve = step === 'pull'
  return {
    ...example.record,
    ...(isAfterResolve ? { bytes: 812_000_000 } : { digest: null, bytes: 0, total_bytes: null }),
    ...((step === 'secret' || step === null) && { secret_version: null }),
    decision: 'authenticated',
    login: step === null ? 'unasked' : reachAt[step],
    code,
    steps: stepsUpTo(step, 'failed'),
    ...more,
  }
}

/** The furthest that a login gets if its pull ends at that step. */
const reachAt: Record<StepName, LoginReach> = {
  secret: 'asked',
  match: 'parsed',
  challenge: 'matched',
  login: 'sent',
  resolve: 'accepted',
  pull: 'accepted',
  start: 'accepted',
  ray: 'accepted',
}

const { login: _, ...unrecorded } = example.record

const noLogin: readonly StepName[] = ['secret', 'match']

export const samples = {
  authenticated: example.record,
  check: { ...example.record, purpose: 'check', bytes: 0, steps: stepsUpTo('resolve', 'done') },
  alreadyHere: { ...example.record, bytes: 0 },
  anonymous: {
    ...example.record,
    decision: 'anonymous_no_secret',
    login: 'none',
    secret_reference: null,
    secret_version: null,
    steps: stepsUpTo('pull', 'done', noLogin),
  },
  anonymousRefused: failedAt('challenge', 'REGISTRY_AUTH_MISSING', {
    decision: 'anonymous_no_secret',
    login: 'none',
    secret_reference: null,
    secret_version: null,
    steps: stepsUpTo('challenge', 'failed', noLogin),
  }),
  unproved: { ...example.record, decision: 'anonymous_login_unproved', login: 'unproved' },
  unsent: { ...example.record, decision: 'anonymous_login_unproved', login: 'matched' },
  mismatchAllowed: { ...example.record, decision: 'anonymous_mismatch_allowed', login: 'parsed' },
  mismatch: failedAt('match', 'CREDENTIAL_SERVER_MISMATCH', { decision: 'refused' }),
  malformedServer: failedAt('match', 'SECRET_SERVER_MALFORMED', { decision: 'refused' }),
  plainHttp: failedAt('match', 'REGISTRY_PLAIN_HTTP', { login: 'matched' }),
  untrustedRealm: failedAt('challenge', 'TOKEN_REALM_NOT_TRUSTED', { decision: 'refused' }),
  registryAway: failedAt('challenge', 'REGISTRY_UNREACHABLE'),
  rejected: failedAt('login', 'REGISTRY_LOGIN_REJECTED'),
  realmFailed: failedAt('login', 'TOKEN_REALM_FAILED'),
  realmAddressRefused: failedAt('login', 'REGISTRY_ADDRESS_REFUSED', { decision: 'refused', login: 'matched' }),
  notFound: failedAt('resolve', 'IMAGE_NOT_FOUND', { login: 'unproved' }),
  denied: failedAt('resolve', 'REGISTRY_ACCESS_DENIED'),
  stalled: failedAt('pull', 'PULL_STALLED'),
  diskFull: failedAt('pull', 'NODE_DISK_FULL'),
  cannotUnpack: failedAt('pull', 'ENGINE_CANNOT_UNPACK'),
  secretMoved: failedAt('pull', 'CREDENTIAL_SERVER_MISMATCH'),
  interrupted: failedAt('pull', 'INTERRUPTED'),
  offline: {
    ...example.record,
    decision: 'offline_proved',
    login: 'matched',
    bytes: 0,
    steps: [...stepsUpTo('challenge', 'failed'), ...stepsUpTo('pull', 'skipped').slice(-1)],
  },
  door: { ...example.record, purpose: 'door', engine: 'containerd' },
  doorFromHere: { ...example.record, purpose: 'door', engine: 'podman', bytes: 0 },
  doorResolved: { ...example.record, purpose: 'door', engine: 'docker', bytes: 0, steps: stepsUpTo('resolve', 'done') },
  doorShut: failedAt('secret', 'SECRET_ACCESS_DENIED', { decision: 'refused', purpose: 'door', engine: 'containerd' }),
  doorDiskFull: failedAt('pull', 'NODE_DISK_FULL', { purpose: 'door', engine: 'docker' }),
  secretDenied: failedAt('secret', 'SECRET_ACCESS_DENIED', { decision: 'refused' }),
  secretNotAllowed: failedAt('secret', 'SECRET_NOT_ALLOWED_HERE', {
    decision: 'refused',
    login: 'unasked',
    secret_reference: null,
  }),
  credentialsExpired: failedAt('secret', 'NODE_CREDENTIALS_EXPIRED', { decision: 'refused' }),
  secretNotJson: failedAt('secret', 'SECRET_NOT_JSON', { decision: 'refused', login: 'read' }),
  engineAway: failedAt(null, 'ENGINE_UNREACHABLE', { decision: 'refused', secret_reference: null }),
  unrecorded,
  unrecordedMismatch: {
    ...unrecorded,
    decision: 'refused',
    code: 'CREDENTIAL_SERVER_MISMATCH',
    steps: stepsUpTo('match', 'failed'),
  },
  unrecordedRejected: { ...unrecorded, code: 'REGISTRY_LOGIN_REJECTED', steps: stepsUpTo('login', 'failed') },
} as const satisfies Record<string, PullRecord>

/** Every name as long as its grammar allows. */
export const longNames = {
  record: {
    ...example.record,
    registry: `${'registry.'.repeat(25)}example.com:65535`,
    repository: 'team/'.repeat(50).slice(0, 255).replace(/\/$/, 's'),
    secret_reference: `arn:aws:secretsmanager:us-gov-west-1:111122223333:secret:${'W'.repeat(512)}-AbCdEf`,
    secret_version: 'W'.repeat(64),
    bytes: 999_999_999_999_999,
  },
  nodeName: 'W'.repeat(128),
  principal: `arn:aws:sts::111122223333:assumed-role/${'WORKER-ROLE.'.repeat(9)}`,
  cloud: { ...example.cloud, provider: 'aws', partition: 'aws-us-gov', region: 'us-gov-west-1' },
}
