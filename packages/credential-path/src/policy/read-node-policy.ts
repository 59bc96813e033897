/** Reads the node owner's file, if nobody else can have written it. On a node that never had one, the defaults apply. */
import { nearWord } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { core } from 'zod'
import { readOwnerFile } from './owner-file.ts'
import { readStrictYaml } from './strict-yaml.ts'
import { checkPlaces } from './check-places.ts'
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
    const fields = parsed.error.issues.map((issue) => ({ path: fieldPath(issue), detail: reasonOf(issue) }))
    const [first = { path, detail: 'it is not a map' }] = fields
    throw problem('POLICY_INVALID', { path: first.path === '' ? path : first.path, reason: first.detail }, fields)
  }
  const misplaced = checkPlaces(parsed.data)
  const [first] = misplaced
  if (first) throw problem('POLICY_INVALID', { path: first.path, reason: first.detail }, misplaced)
  return parsed.data
}

/** For a document already validated. */
function settingsIn(document: unknown): readonly string[] {
  return Object.entries(document ?? {}).flatMap(([name, value]) =>
    name === 'containers' ? Object.keys(value as object).map((inner) => `${name}.${inner}`) : [name],
  )
}

const readYaml = (text: string, path: string): unknown =>
  readStrictYaml(text, (reason) => problem('POLICY_INVALID', { path, reason })).value

function fieldPath(issue: core.$ZodIssue): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/** Our own words: a value from the file is never repeated, since a proxy's may contain a password. */
function reasonOf(issue: core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `there is no such field${suggestion(issue)}`
  if (issue.code === 'invalid_type') return `it must be ${article(issue.expected)}`
  if (issue.code === 'invalid_value') return `it must be one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'too_big' || issue.code === 'too_small') return 'it is out of bounds'
  return 'it is not valid'
}

const topFields = Object.keys(NodePolicy.shape) as [string, ...string[]]

function suggestion({ path, keys: [key = ''] }: core.$ZodIssueUnrecognizedKeys): string {
  const near = path.length === 0 ? nearWord(key, topFields) : null
  return near === null ? '' : `; did you mean ${near}?`
}

function article(expected: string): string {
  const name = { record: 'map', object: 'map', int: 'whole number' }[expected] ?? expected
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`
}
