/** Suggested changes although nothing fails: each in one sentence, with a fix. Pure. */
import { type Provider } from '@fairlead/contract/names'
import { printable, problem, type Problem } from '@fairlead/contract/problems'
import { adviceFor } from '@fairlead/contract/wire'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import type { DoctorWarning } from './doctor-report.ts'
import { isLow, type RateBudget } from '@fairlead/credential-path/registry/http/rate-budget'

const file = '/etc/fairlead/policy.yaml'

/** S7: where a compromised control plane could get a password. `isConfined`: workloads were found to be kept from the metadata service. */
export function policyWarnings(policy: NodePolicy, provider: Provider, isConfined: boolean): readonly DoctorWarning[] {
  const warnings: DoctorWarning[] = []
  if (policy.allowed_secrets === null) {
    warnings.push({
      code: 'ALLOWED_SECRETS_ABSENT',
      what: "the node's file has no allowed_secrets, so a compromised control plane could use any secret that this node can read for a registry of its choice",
      fix: `List the pairs of secret and registry under allowed_secrets in ${file}.`,
    })
  } else if (policy.allowed_secrets.some(({ registries }) => registries === undefined)) {
    warnings.push({
      code: 'ALLOWED_SECRETS_WITHOUT_REGISTRY',
      what: 'allowed_secrets has entries without registries, so a compromised control plane could use those secrets for a registry of its choice',
      fix: `Add registries to each entry of allowed_secrets in ${file}.`,
    })
  }
  if (provider !== 'local' && !isConfined) warnings.push(metadataWarning(policy))
  return warnings
}

/** S14: the owner's permission, or a rule that was checked and tried. */
function metadataWarning({ workload_metadata }: NodePolicy): DoctorWarning {
  const isAllowed = workload_metadata === 'allow'
  const why = isAllowed
    ? "the node's file lets containers reach the metadata service"
    : 'the rule that blocks containers from the metadata service is not in effect'
  return {
    code: 'WORKLOAD_METADATA_OPEN',
    what: `${why}, so whoever runs code in one, including a compromised control plane, can read what the node's role can read`,
    fix: isAllowed
      ? "Give the nodes' role access only to these secrets and to what the jobs need, or remove workload_metadata from the file."
      : 'Run the agent as root, which installs the rule when it starts, and then this command as root; until then nothing starts here.',
  }
}

/** The agent reads secrets as itself, so whoever acts as the node has none of them, if the owner keeps it so. */
export function exposedNodeWarning({ code, fix }: Problem): DoctorWarning {
  const what =
    "the metadata service gives an ordinary pod the identity of its node; the agent has one of its own, so a registry's secret is out of reach only while the node's role may not read it"
  return { code, what, fix }
}

/** For the containers that run here; anyone who can reach Ray's ports in one of them can run code in it. */
export function rayTokenWarning(containers: readonly string[]): DoctorWarning | null {
  const [first] = containers
  if (first === undefined) return null
  const { what, fix } = problem('RAY_WITHOUT_TOKEN')
  return { code: 'RAY_WITHOUT_TOKEN', what: `in ${printable(first)}, ${what}`, fix }
}

export function rateWarning(registry: string, budget: RateBudget): DoctorWarning | null {
  if (!isLow(budget)) return null
  const of = budget.limit === null ? '' : ` of ${budget.limit}`
  return {
    ...adviceFor('RATE_LIMIT_LOW', registry),
    what: `${registry} has ${budget.remaining}${of} pulls left for this login or address`,
  }
}

export function dockerLoginWarning(path: string, entries: readonly string[]): DoctorWarning | null {
  const [first] = entries
  if (first === undefined) return null
  const more = entries.length > 1 ? ` and ${entries.length - 1} more` : ''
  return {
    code: 'DOCKER_LOGIN_LEFT',
    what: `${printable(path)} has a login from \`docker login\` for ${printable(first)}${more}; Docker keeps it there, and sends it wherever that registry's challenge points`,
    fix: `Remove it: docker logout ${printable(first)}`,
  }
}

export function tightWarning(): DoctorWarning {
  return {
    code: 'DISK_TIGHT',
    what: 'the image can be pulled, but may not fit once its layers are unpacked',
    fix: 'Free space (`docker image prune`), or use a node with a larger disk.',
  }
}

const clockToleranceSeconds = 30

export function clockWarning(offsetSeconds: number): DoctorWarning | null {
  if (Math.abs(offsetSeconds) <= clockToleranceSeconds) return null
  const direction = offsetSeconds > 0 ? 'ahead of' : 'behind'
  return {
    code: 'CLOCK_OFF',
    what: `this node's clock is ${Math.abs(offsetSeconds)} seconds ${direction} the control plane's; clouds refuse requests whose time is minutes off`,
    fix: 'Synchronize the clock: use chrony, or `timedatectl set-ntp true`.',
  }
}
