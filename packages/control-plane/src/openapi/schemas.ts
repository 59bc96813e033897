/** The contract's schemas as components of the OpenAPI document: each is defined once, and others refer to it by name. */
import { z } from 'zod'
import { aboutField } from './field-descriptions.ts'
import { aboutModel } from './model-descriptions.ts'
import { answerNames, requestNames, saidElsewhere } from './names.ts'
import { rulesOf, valuesOf } from './rules.ts'

export type Json = Record<string, unknown>

type Meta = { id: string } & Json

type Direction = 'input' | 'output'

const registries = { input: registryOf(requestNames), output: registryOf(answerNames) }

export class ComponentSchemas {
  readonly #all = new Map<string, Json>()

  constructor() {
    for (const schema of saidElsewhere.values()) this.of(schema, 'input')
  }

  /** The schema, or a reference to it if it has a name. */
  of(schema: z.ZodType, io: Direction): Json {
    // As a list item, a named schema is always referenced, never inlined.
    const { $defs = {}, items } = z.toJSONSchema(z.array(schema), {
      metadata: registries[io],
      io,
      unrepresentable: 'any',
      reused: 'inline',
      override: ({ zodSchema, jsonSchema }) => mend(zodSchema, jsonSchema, io),
    }) as { $defs?: Record<string, Json>; items: Json }
    for (const [name, { id: _, ...definition }] of Object.entries($defs))
      this.#keep(name, withComponentRefs(definition))
    return withComponentRefs(items)
  }

  /** The content of an answer: `single(Cloud)` is a CloudResult, `page(Cloud)` a CloudPage. */
  ofAnswer(schema: z.ZodType): Json {
    const form = this.of(schema, 'output')
    const properties = form['properties'] as Record<string, Json> | undefined
    const one = nameIn(properties?.['result'])
    if (one !== null) return this.#named(`${one}Result`, form)
    const item = nameIn(properties?.['results']?.['items'])
    if (item === null || properties?.['metadata'] === undefined) return form
    const metadata = this.#named('PageMetadata', properties['metadata'])
    return this.#named(`${item}Page`, { ...form, properties: { ...properties, metadata } })
  }

  inOrder(): Record<string, Json> {
    return Object.fromEntries([...this.#all].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  #named(name: string, form: Json): Json {
    this.#keep(name, form)
    return { $ref: `#/components/schemas/${name}` }
  }

  #keep(name: string, bare: Json): void {
    const form = described(name, bare)
    const known = this.#all.get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(form)) {
      throw new TypeError(`two forms of the schema ${name}`)
    }
    this.#all.set(name, form)
  }
}

/** With the sentence of the model and of each field. */
function described(name: string, form: Json): Json {
  const properties = form['properties'] as Record<string, Json> | undefined
  const about = aboutModel(name)
  return {
    ...(about !== undefined && { description: about }),
    ...form,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([field, schema]) => {
          const sentence = aboutField(name, field)
          return [field, sentence === undefined ? schema : { ...schema, description: sentence }]
        }),
      ),
    }),
  }
}

function registryOf(names: Readonly<Record<string, z.ZodType>>): z.core.$ZodRegistry<Meta> {
  const registry = z.registry<Meta>()
  for (const [id, schema] of Object.entries(names)) registry.add(schema, { id, ...rulesOf.get(schema) })
  return registry
}

function mend(zodSchema: z.core.$ZodTypes, form: z.core.JSONSchema.BaseSchema, io: Direction): void {
  // Clients must keep working when an answer gains a field.
  if (io === 'output' && form.additionalProperties === false) delete form.additionalProperties
  // Not every regular expression engine knows Unicode properties.
  if (form.pattern?.includes(String.raw`\p{`)) delete form.pattern
  if (form.format === 'date-time') mendTime(form, io)
  const said = io === 'input' ? saidElsewhere.get(zodSchema as unknown as z.ZodType) : undefined
  if (said !== undefined) form.$ref = refTo(said, io)
  const values = io === 'input' ? valuesOf.get(zodSchema as unknown as z.ZodType) : undefined
  if (values !== undefined) form.enum = [...values]
  if (zodSchema instanceof z.ZodDiscriminatedUnion) Object.assign(form, discriminatorOf(zodSchema, io))
}

/** The format says so, and gives a generated client a type, but it does not say that times in requests are in UTC. */
function mendTime(form: z.core.JSONSchema.BaseSchema, io: Direction): void {
  if (io === 'input') form.pattern = 'Z$'
  else delete form.pattern
}

function discriminatorOf(union: z.ZodDiscriminatedUnion, io: Direction): Json {
  const propertyName = union.def.discriminator
  const mapping = Object.fromEntries(
    union.def.options.map((option) => {
      const value = ((option as unknown as z.ZodObject).shape[propertyName] as z.ZodLiteral<string>).value
      return [value, refTo(option as unknown as z.ZodType, io)]
    }),
  )
  return { discriminator: { propertyName, mapping } }
}

function refTo(schema: z.ZodType, io: Direction): string {
  const name = registries[io].get(schema)?.id
  if (name === undefined) throw new TypeError('what is referred to has a name')
  return `#/components/schemas/${name}`
}

function nameIn(form: unknown): string | null {
  const ref = typeof form === 'object' && form !== null && '$ref' in form ? form.$ref : null
  return typeof ref === 'string' ? (ref.split('/').at(-1) ?? null) : null
}

function withComponentRefs(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
}
