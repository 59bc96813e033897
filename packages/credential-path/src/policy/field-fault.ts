/** What is wrong with a field of an owner's file: where it is and why, in our own words. Its value is never repeated: it may contain a password. */
import { nearWord } from '@fairlead/contract/names'
import type { core } from 'zod'

/** As in `people.access[0].role`. */
export function fieldPath(issue: core.$ZodIssue): string {
  return placeOf(issue)
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

export function placeOf(issue: core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
}

/** `topFields`: the fields of the file, for a name that is nearly one of them. */
export function reasonOf(issue: core.$ZodIssue, topFields: readonly [string, ...string[]]): string {
  if (issue.code === 'unrecognized_keys') return `there is no such field${suggestion(issue, topFields)}`
  if (issue.code === 'invalid_type') return `it must be ${article(issue.expected)}`
  if (issue.code === 'invalid_value') return `it must be one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'too_big' || issue.code === 'too_small') return 'it is out of bounds'
  return 'it is not valid'
}

function suggestion(
  { path, keys: [key = ''] }: core.$ZodIssueUnrecognizedKeys,
  topFields: readonly [string, ...string[]],
): string {
  const near = path.length === 0 ? nearWord(key, topFields) : null
  return near === null ? '' : `; did you mean ${near}?`
}

function article(expected: string): string {
  const name = { record: 'map', object: 'map', int: 'whole number' }[expected] ?? expected
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`
}
