/** What a doctor finds: each step with its result and time, what is better changed, and the policy that is in force. */
import type { Problem } from '@fairlead/contract/problems'

/**
 * All that is looked at, in order: finer than the steps of a pull (`StepName`). A pull's `secret` is `secret` and `parse` here, its
 * `challenge` is `reach` to `realm`, its `login` is `token`, and its `resolve` is `manifest` and `platform`.
 */
export const doctorSteps = [
  'policy', // the node owner's own file is read
  'state', // the agent's folder
  'node', // to what this machine has joined
  'control', // the control plane answers
  'clock', // it is compared with the control plane's
  'image', // the name is read, and the policy allows its registry
  'identity', // the node learns from its cloud what it is
  'secret', // the secret manager is asked; the policy lets it be read for this registry
  'parse', // the document has username, password and server
  'match', // its server is the registry of the image
  'reach', // name, address and route of the registry
  'tls', // its certificate is trusted
  'challenge', // it says how to log in
  'realm', // the token realm is trusted with the login
  'token', // the login is taken
  'manifest', // the login may pull this image
  'platform', // the image runs on this node
  'disk', // there is room for it
  'docker', // the engine answers
  'gateway', // the engine reaches the agent's loopback
] as const
export type DoctorStepName = (typeof doctorSteps)[number]

export const imageSteps: readonly DoctorStepName[] = doctorSteps.filter(
  (step) => !['state', 'node', 'control', 'clock'].includes(step),
)
export const installationSteps: readonly DoctorStepName[] = [
  'policy',
  'state',
  'node',
  'control',
  'clock',
  'identity',
  'disk',
  'docker',
  'gateway',
]

/** What a step found: names, numbers and digests; nothing of a secret's content. */
export type Findings = Readonly<Record<string, string | number | boolean>>

export interface DoctorStep {
  readonly step: DoctorStepName
  readonly status: 'running' | 'done' | 'failed' | 'skipped'
  readonly startedAt: string
  /** Null while it runs, and of what took part of the time of the step before it. */
  readonly durationMs: number | null
  readonly findings: Findings
  /** Why it was skipped: it has no part in this, or it needs a step that failed. */
  readonly skipped: 'not_needed' | 'not_reached' | null
  readonly problem: Problem | null
}

export type WarningCode =
  | 'ALLOWED_SECRETS_ABSENT'
  | 'ALLOWED_SECRETS_WITHOUT_REGISTRY'
  | 'WORKLOAD_METADATA_OPEN'
  | 'LOGIN_MAY_PUSH'
  | 'LOGIN_NOT_NEEDED'
  | 'LOGIN_UNPROVED'
  | 'RATE_LIMIT_LOW'
  | 'DOCKER_LOGIN_LEFT'
  | 'DISK_TIGHT'
  | 'CLOCK_OFF'
  | 'POLICY_NOT_LOADED'
  | 'RAY_WITHOUT_TOKEN'

/** Nothing fails because of it, and yet. */
export interface DoctorWarning {
  readonly code: WarningCode
  readonly what: string
  readonly fix: string
}

export interface PolicySetting {
  readonly name: string
  readonly value: unknown
  readonly from: 'file' | 'default'
}

export interface DoctorReport {
  readonly steps: readonly DoctorStep[]
  readonly warnings: readonly DoctorWarning[]
  /** Null where the file cannot be used; the step `policy` says why. */
  readonly policy: readonly PolicySetting[] | null
  /** The file of the system's authorities, which count where the policy names none. Null: there is none, and Node's own list counts. */
  readonly authorities: string | null
  /** The secret's server where it is not that of the image, and is a host: for the terminal of the node itself, and for no file and no log. */
  readonly serverOfSecret: string | null
}

/** The first that failed decides how the command ends. */
export function firstProblem({ steps }: Pick<DoctorReport, 'steps'>): Problem | null {
  return steps.find(({ problem }) => problem !== null)?.problem ?? null
}
