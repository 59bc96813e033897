/** Turns schema errors into a problem with field paths; values are never repeated (S22). */
import { nearestWord } from '@fairlead/contract/names'
import { printable, problem, type FieldProblem, type Problem } from '@fairlead/contract/problems'
import { z } from 'zod'

/** Checks no more than this: a body full of wrong names must not cost more than reading it. */
const mostListed = 50

/** Parses with the schema, or throws REQUEST_INVALID listing every faulty field. */
export function readWith<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalidRequest(schema, result.error)
}

function invalidRequest(schema: z.ZodType, error: z.ZodError): Problem {
  const known = fieldNames(schema)
  const fields = error.issues.slice(0, mostListed).flatMap((issue) => fieldsOf(issue, known))
  const first = fields[0]
  if (fields.length === 1 && first?.path === 'name' && error.issues[0]?.code === 'invalid_format') {
    return problem('NAME_INVALID', {}, fields)
  }
  return problem('REQUEST_INVALID', {}, fields.slice(0, mostListed))
}

function fieldsOf(issue: z.core.$ZodIssue, known: readonly string[]): FieldProblem[] {
  const path = issue.path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: printable(path), detail: printable(issue.message) }]
  }
  return issue.keys.slice(0, mostListed).map((key) => ({
    path: printable([path, key].filter((part) => part !== '').join('.')),
    detail: path === '' ? `there is no such field${suggestion(key, known)}` : 'there is no such field',
  }))
}

function suggestion(key: string, known: readonly string[]): string {
  const [first, ...rest] = known
  if (first === undefined) return ''
  return `; did you mean ${nearestWord(key, [first, ...rest])}? The fields are ${known.join(', ')}`
}

function fieldNames(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}
