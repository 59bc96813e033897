/** What in an OpenAPI document breaks the clients of an earlier one. Each change is one line, which is also its announcement key. */
import { uncovered, type Documents, type Json } from './coverage-of-schemas.ts'

interface Operation {
  readonly key: string
  readonly operation: Json
}

const methods = ['get', 'post', 'put', 'patch', 'delete']
const roles = ['public', 'viewer', 'developer', 'admin']

export function breakingChanges(before: Json, after: Json): readonly string[] {
  const documents = { before, after }
  const now = new Map(operationsOf(after).map(({ key, operation }) => [key, operation]))
  const found = operationsOf(before).flatMap(({ key, operation }) => {
    const other = now.get(key)
    return other === undefined ? [`${key}: is gone`] : operationChanges(key, operation, other, documents)
  })
  return [...new Set(found)].toSorted()
}

function operationChanges(key: string, before: Json, after: Json, documents: Documents): string[] {
  const id = before['operationId']
  return [
    ...(id === after['operationId'] ? [] : [`${key}: is not called ${String(id)} any more`]),
    ...accessChanges(key, before, after),
    ...parameterChanges(key, before, after, documents),
    ...bodyChanges(key, before, after, documents),
    ...answerChanges(key, before, after, documents),
  ]
}

function accessChanges(key: string, before: Json, after: Json): string[] {
  const [was, is] = [before['x-access'], after['x-access']].map(String)
  if (was === is || is === undefined) return []
  const [from, to] = [roles.indexOf(was ?? ''), roles.indexOf(is)]
  return from !== -1 && to !== -1 && to < from ? [] : [`${key}: is for ${is} now`]
}

function parameterChanges(key: string, before: Json, after: Json, documents: Documents): string[] {
  const [old, now] = [parametersOf(before), parametersOf(after)]
  const added = [...now].filter(([name, parameter]) => !old.has(name) && parameter['required'] === true)
  return [
    ...added.map(([name]) => `${key} ${name}: is required`),
    ...[...old].flatMap(([name, parameter]) => {
      const other = now.get(name)
      if (other === undefined) return [`${key} ${name}: is not taken any more`]
      const stricter =
        other['required'] === true && parameter['required'] !== true ? [`${key} ${name}: is required`] : []
      const schemas = [parameter['schema'], other['schema']] as [Json, Json]
      return [...stricter, ...uncovered(...schemas, 'request', documents, `${key} ${name}`)]
    }),
  ]
}

function bodyChanges(key: string, before: Json, after: Json, documents: Documents): string[] {
  const [old, now] = [before['requestBody'], after['requestBody']] as (Json | undefined)[]
  const stricter = now?.['required'] === true && old?.['required'] !== true ? [`${key} body: is required`] : []
  if (old === undefined) return stricter
  const [was, is] = [jsonSchemaOf(old), jsonSchemaOf(now ?? {})]
  if (was === null) return stricter
  return is === null
    ? [`${key} body: is not taken any more`]
    : [...stricter, ...uncovered(was, is, 'request', documents, `${key} body`)]
}

/** For answers other than problems: another status or content type is another answer. Problems may come and go. */
function answerChanges(key: string, before: Json, after: Json, documents: Documents): string[] {
  const [old, now] = [successes(before), successes(after)]
  return [
    ...[...now.keys()].filter((status) => !old.has(status)).map((status) => `${key} ${status}: is a new answer`),
    ...[...old].flatMap(([status, answer]) => {
      const other = now.get(status)
      if (other === undefined) return [`${key} ${status}: is no answer any more`]
      const [was, is] = [contentOf(answer), contentOf(other)]
      if (was.type !== is.type) return [`${key} ${status}: has the type ${is.type}`]
      return was.schema === null || is.schema === null
        ? []
        : uncovered(was.schema, is.schema, 'answer', documents, `${key} ${status}`)
    }),
  ]
}

function operationsOf(document: Json): Operation[] {
  return Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method) => ({ key: `${method.toUpperCase()} ${path}`, operation: item[method] as Json })),
  )
}

function parametersOf(operation: Json): Map<string, Json> {
  const all = (operation['parameters'] ?? []) as Json[]
  return new Map(all.map((parameter) => [`${String(parameter['in'])} ${String(parameter['name'])}`, parameter]))
}

function successes(operation: Json): Map<string, Json> {
  const all = Object.entries(operation['responses'] as Record<string, Json>)
  return new Map(all.filter(([status]) => /^[23]/.test(status)))
}

function contentOf(answer: Json): { type: string; schema: Json | null } {
  const [first] = Object.entries((answer['content'] ?? {}) as Record<string, { schema: Json }>)
  return first === undefined ? { type: 'nothing', schema: null } : { type: first[0], schema: first[1].schema }
}

function jsonSchemaOf(body: Json): Json | null {
  return contentOf(body).schema
}
