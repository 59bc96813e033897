/** Reads the node owner's file, if nobody else can have written it. On a node that never had one, the defaults apply. */
import { problem } from '@fairlead/contract/problems'
import { readOwnerFile } from './owner-file.ts'
import { readStrictYaml } from './strict-yaml.ts'
import { checkPlaces } from './check-places.ts'
import { fieldPath, reasonOf } from './field-fault.ts'
import type { LoadedPolicy } from './loaded-policy.ts'
import { NodePolicy, type PolicyInForce } from './node-policy.ts'

const standardFile = '/etc/fairlead/policy.yaml'

export interface PolicySource {
  /** The policy that this node's agent used when it last started: a file it had must not disappear unnoticed (S7). */
  readonly before?: LoadedPolicy | null
  /** The default file when none is named; it may be absent. */
  readonly standard?: string
}

/** `named`: the requested file; null: the default one. Throws POLICY_MISSING, POLICY_UNSAFE or POLICY_INVALID. */
export function readNodePolicy(named: string | null, source?: PolicySource): NodePolicy {
  return readPolicyInForce(named, source).policy
}

/** The same, with the owner's settings distinguished from the defaults. */
export function readPolicyInForce(
  named: string | null,
  { before = null, standard = standardFile }: PolicySource = {},
): PolicyInForce {
  const file = named ?? standard
  const text = readOwnerFile(file, {
    unsafe: () => problem('POLICY_UNSAFE', { path: file }),
    invalid: (reason) => problem('POLICY_INVALID', { path: file, reason }),
  })
  if (text !== null) {
    return { file, policy: parseNodePolicy(text, file), given: settingsIn(readYaml(text, file)) }
  }
  if (named !== null) throw problem('POLICY_MISSING', { path: file, reason: 'it was named as the policy' })
  if (before?.exists) {
    throw problem('POLICY_MISSING', { path: file, reason: `the agent of this node started with ${before.file} last` })
  }
  return { file, policy: NodePolicy.parse({}), given: null }
}

export function parseNodePolicy(text: string, path: string): NodePolicy {
  const parsed = NodePolicy.safeParse(readYaml(text, path) ?? {})
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({ path: fieldPath(issue), detail: reasonOf(issue, topFields) }))
    const [first = { path, detail: 'it is not a map' }] = fields
    throw problem('POLICY_INVALID', { path: first.path === '' ? path : first.path, reason: first.detail }, fields)
  }
  const misplaced = checkPlaces(parsed.data)
  const [first] = misplaced
  if (first) throw problem('POLICY_INVALID', { path: first.path, reason: first.detail }, misplaced)
  return parsed.data
}

const topFields = Object.keys(NodePolicy.shape) as [string, ...string[]]

/** For a document already validated. */
function settingsIn(document: unknown): readonly string[] {
  return Object.entries(document ?? {}).flatMap(([name, value]) =>
    name === 'containers' ? Object.keys(value as object).map((inner) => `${name}.${inner}`) : [name],
  )
}

const readYaml = (text: string, path: string): unknown =>
  readStrictYaml(text, (reason) => problem('POLICY_INVALID', { path, reason })).value
