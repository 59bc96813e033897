/** Each model of the API and each of its fields has a sentence, which the Python SDK and the reference show. */
import { expect, test } from 'vitest'
import { documentOfThisVersion } from '../../packages/control-plane/src/openapi/document-of-this-version.ts'
import { fields } from '../../packages/control-plane/src/openapi/field-descriptions.ts'
import { models } from '../../packages/control-plane/src/openapi/model-descriptions.ts'

interface Described {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Described>>
}

const { schemas } = documentOfThisVersion()['components'] as { schemas: Readonly<Record<string, Described>> }

test('every model and every field has one; write it in packages/control-plane/src/openapi, in model-descriptions.ts or field-descriptions.ts', () => {
  const without = Object.entries(schemas).flatMap(([name, { description, properties = {} }]) => [
    ...(description === undefined ? [name] : []),
    ...Object.entries(properties).flatMap(([field, inner]) =>
      inner.description === undefined ? [`${name}.${field}`] : [],
    ),
  ])
  expect(without).toEqual([])
})

test('each says something, ends as a sentence does, and is of a model or a field that exists', () => {
  for (const text of [...Object.values(models), ...Object.values(fields)]) expect(text).toMatch(/^[`A-Z].{4,}\.$/)
  const known = new Set(
    Object.entries(schemas).flatMap(([name, { properties = {} }]) => [
      name,
      ...Object.keys(properties).flatMap((field) => [field, `${name}.${field}`]),
    ]),
  )
  expect([...Object.keys(models), ...Object.keys(fields)].filter((name) => !known.has(name))).toEqual([])
})
