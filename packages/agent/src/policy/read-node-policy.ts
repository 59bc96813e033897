/** Reads the node owner's file, if nobody else can have written it; without a file the defaults are in force. */
import { open, type FileHandle } from 'node:fs/promises'
import { nearWord, problem, tooLarge } from '@fairlead/contract'
import type { core } from 'zod'
import { readStrictYaml } from '../strict-yaml.ts'
import { checkPlaces } from './check-places.ts'
import { NodePolicy } from './node-policy.ts'

const maxBytes = 1024 * 1024

/** Throws POLICY_UNSAFE or POLICY_INVALID. */
export async function readNodePolicy(path: string): Promise<NodePolicy> {
  return (await readPolicyInForce(path)).policy
}

export interface PolicyInForce {
  readonly policy: NodePolicy
  /** The settings that the file itself makes, such as `containers.gpus`; all others have their defaults. Null: there is no file. */
  readonly given: readonly string[] | null
}

/** The same, with what its owner wrote told apart from what holds by default. */
export async function readPolicyInForce(path: string): Promise<PolicyInForce> {
  await using file = await openPolicy(path)
  if (!file) return { policy: NodePolicy.parse({}), given: null }
  const stat = await file.stat()
  if (!stat.isFile() || !isSafe(stat, process.getuid?.() ?? 0)) throw problem('POLICY_UNSAFE', { path })
  if (stat.size > maxBytes) throw problem('POLICY_INVALID', { path, reason: tooLarge(stat.size, maxBytes) })
  const text = await file.readFile('utf8')
  return { policy: parseNodePolicy(text, path), given: settingsIn(readYaml(text, path)) }
}

/** Owned by root or by the agent's own user, and written by nobody else. */
export function isSafe(stat: { uid: number; mode: number }, agentUid: number): boolean {
  return (stat.uid === 0 || stat.uid === agentUid) && (stat.mode & 0o022) === 0
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

/** Of a document that was found valid. */
function settingsIn(document: unknown): readonly string[] {
  return Object.entries(document ?? {}).flatMap(([name, value]) =>
    name === 'containers' ? Object.keys(value as object).map((inner) => `${name}.${inner}`) : [name],
  )
}

async function openPolicy(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT') return null
    throw problem('POLICY_INVALID', { path, reason: 'the file cannot be read' })
  }
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

/** Our own words: a value of the file is never repeated, since a proxy's may hold a password. */
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
