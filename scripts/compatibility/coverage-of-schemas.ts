/**
 * Whether every value of one schema is a value of another. A request may accept more than before, and an answer may contain less: both are
 * this one question, asked in opposite directions. What cannot be proved counts as uncovered.
 */
export type Json = Record<string, unknown>

/** The direction in which values travel, which decides which of two schemas must cover the other. */
export type Direction = 'request' | 'answer'

export interface Documents {
  readonly before: Json
  readonly after: Json
}

interface Side {
  readonly schema: Json
  readonly document: Json
}

interface Step {
  readonly narrow: Side
  readonly wide: Side
  readonly direction: Direction
  readonly where: string
  readonly seen: ReadonlySet<string>
}

/** A sentence for each reason why a schema change breaks a client: `Cloud.region: may be null`. */
export function uncovered(
  before: Json,
  after: Json,
  direction: Direction,
  documents: Documents,
  where: string,
): readonly string[] {
  const old = { schema: before, document: documents.before }
  const now = { schema: after, document: documents.after }
  const [narrow, wide] = direction === 'request' ? [old, now] : [now, old]
  return reasons({ narrow, wide, direction, where, seen: new Set() })
}

function reasons(step: Step): string[] {
  const [narrow, narrowName] = resolve(step.narrow)
  const [wide, wideName] = resolve(step.wide)
  if (narrowName !== null && wideName !== null) {
    const pair = `${narrowName} ${wideName}`
    if (step.seen.has(pair)) return []
    // A named schema is reported by name, wherever it occurs.
    const seen = new Set([...step.seen, pair])
    return compare({ ...step, narrow, wide, seen, where: step.direction === 'request' ? narrowName : wideName })
  }
  return compare({ ...step, narrow, wide })
}

function compare(step: Step): string[] {
  const branches = branchReasons(step)
  if (branches !== null) return branches
  return [
    ...typeReasons(step),
    ...valueReasons(step),
    ...boundReasons(step),
    ...sameReasons(step),
    ...fieldReasons(step),
    ...itemReasons(step),
  ]
}

/** Each branch of the narrow one must be covered by some branch of the wide one. */
function branchReasons(step: Step): string[] | null {
  const narrow = branchesOf(step.narrow)
  const wide = branchesOf(step.wide)
  if (narrow.length === 1 && wide.length === 1 && narrow[0] === step.narrow && wide[0] === step.wide) return null
  return narrow.flatMap((one) => {
    const tries = wide.map((other) => reasons({ ...step, narrow: one, wide: other }))
    if (tries.some((found) => found.length === 0)) return []
    if (isNull(one)) return [`${step.where}: may be null`]
    const alike = tries.filter((_, index) => wide[index] !== undefined && !isNull(wide[index]))
    return alike.length === 1 ? (alike[0] ?? []) : [`${step.where}: has a form that was not there`]
  })
}

function branchesOf(side: Side): Side[] {
  const branches = side.schema['anyOf'] ?? side.schema['oneOf']
  if (Array.isArray(branches)) return (branches as Json[]).map((schema) => ({ ...side, schema }))
  const type = side.schema['type']
  if (!Array.isArray(type)) return [side]
  return type.map((one: unknown) => ({ ...side, schema: { ...side.schema, type: one } }))
}

function typeReasons({ narrow, wide, where }: Step): string[] {
  const has = narrow.schema['type']
  const takes = wide.schema['type']
  if (takes === undefined || has === takes || (has === 'integer' && takes === 'number')) return []
  return [`${where}: the type changed`]
}

function valueReasons({ narrow, wide, direction, where }: Step): string[] {
  const takes = valuesOf(wide.schema)
  // Clients must accept unknown values.
  if (takes === null || (direction === 'answer' && wide.schema['x-open-enum'] === true)) return []
  const has = valuesOf(narrow.schema)
  if (has === null) return [`${where}: is limited to some values`]
  return has
    .filter((value) => !takes.includes(value))
    .map((value) => `${where}: ${direction === 'request' ? 'takes no' : 'may be'} ${JSON.stringify(value)}`)
}

const upperBounds = ['maximum', 'maxLength', 'maxItems', 'maxProperties']
const lowerBounds = ['minimum', 'minLength', 'minItems', 'minProperties', 'exclusiveMinimum']

function boundReasons({ narrow, wide, where }: Step): string[] {
  const over = upperBounds.filter(
    (bound) => Number(wide.schema[bound] ?? Infinity) < Number(narrow.schema[bound] ?? Infinity),
  )
  const under = lowerBounds.filter(
    (bound) => Number(wide.schema[bound] ?? -Infinity) > Number(narrow.schema[bound] ?? -Infinity),
  )
  return [...over, ...under].map((bound) => `${where}: ${bound} changed`)
}

/** Keywords whose relation is unknown: they may stay unchanged or be removed. */
const rules = ['pattern', 'format', 'if', 'then', 'else', 'not', 'propertyNames', 'allOf']

function sameReasons({ narrow, wide, direction, where }: Step): string[] {
  const changed = rules.filter(
    (rule) =>
      wide.schema[rule] !== undefined && JSON.stringify(wide.schema[rule]) !== JSON.stringify(narrow.schema[rule]),
  )
  const isNewDefault =
    direction === 'request' && JSON.stringify(narrow.schema['default']) !== JSON.stringify(wide.schema['default'])
  return [...changed, ...(isNewDefault ? ['default'] : [])].map((rule) => `${where}: ${rule} changed`)
}

function fieldReasons(step: Step): string[] {
  const { narrow, wide, direction, where } = step
  const has = fieldsOf(narrow.schema)
  const takes = fieldsOf(wide.schema)
  const always = requiredOf(narrow.schema)
  const missing = [...requiredOf(wide.schema)].filter(
    (name) => !always.has(name) && (direction === 'request' || name in has),
  )
  const gone = direction === 'answer' ? Object.keys(takes).filter((name) => !(name in has)) : []
  const rest = wide.schema['additionalProperties']
  return [
    ...missing.map((name) => `${where}.${name}: ${direction === 'request' ? 'is required' : 'may be absent'}`),
    ...gone.map((name) => `${where}.${name}: is gone`),
    ...Object.entries(has).flatMap(([name, schema]) => {
      const other = takes[name] ?? (typeof rest === 'object' && rest !== null ? (rest as Json) : undefined)
      if (other !== undefined) return reasons(within(step, schema, other, `${where}.${name}`))
      return direction === 'request' && rest === false ? [`${where}.${name}: is not taken any more`] : []
    }),
    ...valuesReasons(step),
  ]
}

/** For an object with free property names. */
function valuesReasons(step: Step): string[] {
  const has = step.narrow.schema['additionalProperties']
  const takes = step.wide.schema['additionalProperties']
  if (step.direction === 'request' && takes === false && has !== false && step.narrow.schema['type'] === 'object') {
    return [`${step.where}: takes no field that it does not know any more`]
  }
  return isSchema(has) && isSchema(takes) ? reasons(within(step, has, takes, `${step.where}.*`)) : []
}

function itemReasons(step: Step): string[] {
  const has = step.narrow.schema['items']
  const takes = step.wide.schema['items']
  return isSchema(has) && isSchema(takes) ? reasons(within(step, has, takes, `${step.where}[]`)) : []
}

function within(step: Step, narrow: Json, wide: Json, where: string): Step {
  return { ...step, narrow: { ...step.narrow, schema: narrow }, wide: { ...step.wide, schema: wide }, where }
}

function resolve(side: Side): [Side, string | null] {
  const ref = side.schema['$ref']
  if (typeof ref !== 'string') return [side, null]
  const name = ref.slice('#/components/schemas/'.length)
  const schemas = (side.document['components'] as { schemas: Record<string, Json> }).schemas
  const schema = schemas[name]
  if (schema === undefined) throw new TypeError(`no schema ${name}`)
  return [{ ...side, schema }, name]
}

function valuesOf(schema: Json): unknown[] | null {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : null
}

function fieldsOf(schema: Json): Record<string, Json> {
  return (schema['properties'] ?? {}) as Record<string, Json>
}

function requiredOf(schema: Json): Set<string> {
  return new Set((schema['required'] ?? []) as string[])
}

function isNull(side: Side): boolean {
  return side.schema['type'] === 'null'
}

function isSchema(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}
