/** A doctor's findings: each step with its result and time, suggested changes, and the policy in force. */
import type { Problem, ProblemCode } from '@fairlead/contract/problems'

/**
 * All checks, in order: finer than the steps of a pull (`StepName`). A pull's `secret` is `secret` and `parse` here, its `challenge` is `reach` to
 * `realm`, its `login` is `token`, and its `resolve` is `manifest` and `platform`.
 */
export const doctorSteps = [
  'policy', // reads the node owner's own file
  'state', // checks the agent's folder
  'node', // finds what this machine has joined
  'control', // contacts the control plane
  'clock', // compares it with the control plane's
  'image', // parses the name and checks that the policy allows its registry
  'identity', // learns from its cloud what the node is
  'secret', // asks the secret manager; the policy lets it be read for this registry
  'parse', // the document has username, password and server
  'match', // its server is the image's registry
  'reach', // the registry's name, address and route
  'tls', // trusts its certificate
  'challenge', // it says how to log in
  'realm', // trusts the token realm with the login
  'token', // accepts the login
  'manifest', // the login may pull this image
  'platform', // the image runs on this node
  'disk', // there is room for it
  'docker', // the engine answers
  'gateway', // the engine reaches the agent's loopback
  'doors', // the files of each door are in place, and the engine asks it
  'metadata', // in a pod: no metadata service hands out the node's identity
] as const
export type DoctorStepName = (typeof doctorSteps)[number]

export const imageSteps: readonly DoctorStepName[] = doctorSteps.filter(
  (step) => !['state', 'node', 'control', 'clock', 'doors', 'metadata'].includes(step),
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
  'doors',
]

export const podSteps: readonly DoctorStepName[] = ['metadata']

/** What a step found: names, numbers and digests; nothing from inside a secret. */
export type Findings = Readonly<Record<string, string | number | boolean>>

export interface DoctorStep {
  readonly step: DoctorStepName
  readonly status: 'running' | 'done' | 'failed' | 'skipped'
  readonly startedAt: string
  /** Null while it runs, and for a step that took part of the previous step's time. */
  readonly durationMs: number | null
  readonly findings: Findings
  /** Why it was skipped: it does not apply, or it needs a step that failed. */
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
  | 'DOOR_LOGIN_LEFT'
  | 'UNPACKING_SLOW'
  | 'ENGINE_OUTDATED'

/** A finding that fails nothing but deserves attention. */
export interface DoctorWarning {
  /** A problem's: of a second door that is not open, when the first is the problem of the step; of a node that is exposed, but holds no secret. */
  readonly code: WarningCode | ProblemCode
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
  /** Null if the file cannot be used; the step `policy` says why. */
  readonly policy: readonly PolicySetting[] | null
  /** The system's CA file, used if the policy names no CAs. Null: there is none, and Node's own list is used. */
  readonly authorities: string | null
  /** The secret's server if it is a host other than the image's: for the node's own terminal, and for no file or log. */
  readonly serverOfSecret: string | null
  /** The secret that was not named, but is that of the door which the image goes through. */
  readonly doorSecret?: string | null
}

/** The first failed step determines how the command ends. */
export function firstProblem({ steps }: Pick<DoctorReport, 'steps'>): Problem | null {
  return steps.find(({ problem }) => problem !== null)?.problem ?? null
}
