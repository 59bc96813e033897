/** Environment variables of a workload: names that every shell accepts, and sizes that every kernel accepts. */
import { printable } from '../problems/fact.ts'
import { holdsToken } from '../names/looks-like-secret.ts'
import type { FieldProblem } from '../problems/problem-document.ts'
import { Problem } from '../problems/problem.ts'
import { isRayTokenVariable } from './ray-token.ts'

const mostVariables = 500
const longestName = 256
/** Linux refuses a single environment string over 128 KiB; the total stays well below its limit for a process. */
const largestValueBytes = 32 * 1024
const largestTotalBytes = 128 * 1024

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Returns the variables unchanged, or throws CONFIG_INVALID with every faulty variable. Values are never repeated. */
export function judgeEnvVars(input: unknown): Record<string, string> | undefined {
  if (input === undefined) return undefined
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw refused([{ path: 'env_vars', detail: 'it is not a set of names with values' }])
  }
  const entries: [string, unknown][] = Object.entries(input)
  const faults = entries.slice(0, mostVariables).flatMap(([name, value]) => faultOf(name, value) ?? [])
  if (entries.length > mostVariables) faults.push({ path: 'env_vars', detail: `more than ${mostVariables} variables` })
  if (faults.length > 0) throw refused(faults)
  const vars = entries as [string, string][]
  const total = vars.reduce((sum, [name, value]) => sum + utf8Length(name) + utf8Length(value) + 2, 0)
  if (total > largestTotalBytes) {
    throw refused([{ path: 'env_vars', detail: `all together are larger than ${largestTotalBytes} bytes` }])
  }
  return Object.fromEntries(vars)
}

function faultOf(name: string, value: unknown): FieldProblem | null {
  // A token pasted as a name is not repeated either.
  if (holdsToken(name)) return { path: 'env_vars', detail: 'a name looks like a token; revoke it if it is one' }
  const fault = nameFault(name) ?? valueFault(value)
  // If NAME=VALUE is pasted as a name, the problem does not show the value (S22).
  const [shown = ''] = name.split('=', 1)
  return fault === null ? null : { path: `env_vars.${printable(shown)}`, detail: fault }
}

function nameFault(name: string): string | null {
  if (name.length > longestName) return `a name has at most ${longestName} characters`
  if (!namePattern.test(name)) return 'a name has A-Z a-z 0-9 _ and does not start with a digit'
  if (isRayTokenVariable(name)) return 'Fairlead sets it, so that Ray is reached only with the token of the cluster'
  // An object would take this name for its prototype and lose the variable.
  return name === '__proto__' ? 'this name is reserved' : null
}

function valueFault(value: unknown): string | null {
  if (typeof value !== 'string') return 'it is not text; put it in quotes'
  if (value.includes('\0')) return 'a value cannot hold a NUL'
  if (!value.isWellFormed()) return 'a value must be well-formed Unicode'
  return utf8Length(value) > largestValueBytes ? `a value has at most ${largestValueBytes} bytes` : null
}

/** The message names the first; the fields list all. */
function refused(faults: readonly FieldProblem[]): Problem {
  const [first] = faults
  return new Problem('CONFIG_INVALID', { path: first?.path ?? 'env_vars', reason: first?.detail ?? '' }, faults)
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
