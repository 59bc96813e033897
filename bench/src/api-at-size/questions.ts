/** What is asked: every GET route of the OpenAPI document, lists with each of their filters, orders and depths. A new route or filter has to be given values here. */
import type { OpenApiDocument } from '@fairlead/control-plane'
import type { Landmarks } from './records.ts'

/** Not asked, and why. */
const leftOut: ReadonlySet<string> = new Set([
  // Needs a node's signature, and waits.
  '/api/v1/nodes/me/desired_state',
])

/** Refuses a token that is limited to clouds. */
export const isOfAllClouds = (path: string): boolean => path === '/metrics'

interface Schema {
  readonly enum?: readonly string[]
  /** `#/components/schemas/NAME` */
  readonly $ref?: string
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: Schema
}

/** Beyond these, the other values of an enumeration cost the same. */
const mostValues = 8
/** Also a value that none has, in an enumeration that is longer. */
const none = 'none'

export function questionsOf(document: OpenApiDocument, landmarks: Landmarks): string[] {
  const { schemas } = document['components'] as { readonly schemas: Readonly<Record<string, Schema>> }
  const resolved = (parameter: Parameter): Parameter => {
    const named = schemas[parameter.schema.$ref?.split('/').at(-1) ?? '']
    return named === undefined ? parameter : { ...parameter, schema: named }
  }
  return Object.entries(document.paths).flatMap(([route, operations]) => {
    const operation = operations['get'] as { readonly parameters?: readonly Parameter[] } | undefined
    if (operation === undefined || leftOut.has(route)) return []
    const parameters = (operation.parameters ?? []).map(resolved)
    const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => one(valuesOf(route, name, landmarks)))
    const query = parameters.filter((parameter) => parameter.in === 'query')
    const asked = queriesOf(route, query, landmarks)
    return asked.map((search) => (search === '' ? path : `${path}?${search}`))
  })
}

const one = ([value = '']: readonly string[]): string => value

/** Fields that mean nothing by themselves, or that every other query has. */
const places: ReadonlySet<string> = new Set(['count', 'order', 'offset', 'with_total', 'sort', 'paging_token'])

function queriesOf(route: string, parameters: readonly Parameter[], landmarks: Landmarks): string[] {
  const has = (name: string) => parameters.some((parameter) => parameter.name === name)
  if (!has('paging_token')) {
    return [new URLSearchParams(parameters.map(({ name }) => [name, one(valuesOf(route, name, landmarks))])).toString()]
  }
  const filters = parameters
    .filter(({ name }) => !places.has(name))
    .flatMap(({ name, schema }) => {
      const values = schema.enum?.slice(0, mostValues) ?? valuesOf(route, name, landmarks)
      return values.map((value) => `${name}=${encodeURIComponent(value)}`)
    })
  const sorts = parameters.find(({ name }) => name === 'sort')?.schema.enum ?? []
  const deep = valuesOf(route, 'paging_token', landmarks)
  const withTotal = has('with_total') ? '&with_total=true' : ''
  return [
    '',
    'count=100',
    ...(has('with_total') ? ['with_total=true'] : []),
    ...deep.map((token) => `paging_token=${token}`),
    ...(has('offset') ? ['offset=9900'] : []),
    ...(has('order') ? ['order=asc'] : []),
    ...sorts.flatMap((sort) => [`sort=${sort}`, `sort=${sort}&order=desc`, `sort=${sort}&offset=9900`]),
    ...filters.map((filter) => `${filter}${withTotal}`),
    ...(sorts.length > 0 ? filters.map((filter) => `${filter}&sort=${sorts[0]}${withTotal}`) : []),
  ]
}

const hexOf = (key: string): string => Buffer.from(key).toString('hex')
const noneOf = (prefix: string): string => `${prefix}_${'0'.repeat(26)}`

function valuesOf(route: string, name: string, landmarks: Landmarks): readonly string[] {
  const { cloud, otherClouds, environment, build, cluster, node, pull, auditEvent, token, podOwner } = landmarks
  const keys: Record<string, string> = {
    '/api/v1/cluster_environments': environment.id,
    '/api/v1/cluster_environment_builds': build,
    '/api/v1/clusters': cluster.id,
    '/api/v1/nodes': node.id,
    '/api/v1/pulls': pull.key,
    '/api/v1/audit_events': auditEvent,
  }
  const names: Record<string, string> = {
    '/api/v1/cluster_environments': environment.name,
    '/api/v1/clusters': cluster.name,
    '/api/v1/nodes': node.name,
  }
  const key = keys[route]
  const values: Record<string, readonly string[]> = {
    cloud_id: route.includes('{') ? [cloud] : [cloud, ...otherClouds],
    environment_id: [environment.id],
    cluster_environment_id: [environment.id],
    cluster_environment: [environment.name],
    build_id: route.includes('{') ? [build] : [build, noneOf('bld')],
    prefetched_build_id: [build, noneOf('bld')],
    cluster_id: route.includes('{') ? [cluster.id] : [cluster.id, noneOf('ses')],
    node_id: route.includes('{') ? [node.id] : [node.id, noneOf('node')],
    pull_id: [pull.id],
    token_id: [token, noneOf('tok')],
    identifier: [`${environment.name}:1`],
    customer_keys: ['false'],
    paging_token: key === undefined ? [] : [hexOf(key)],
    name: [names[route] ?? 'cloud-1', none],
    name_contains: ['1', names[route] ?? 'cloud-1', none],
    registry: ['registry-0.example.com', 'registry-19.example.com', none],
    pod_owner: [podOwner, 'team/RayCluster/none'],
    since: [new Date(Date.now() - 86_400_000).toISOString(), '2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'],
    until: [new Date(Date.now() - 86_400_000).toISOString(), '2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'],
    include_archived: ['true'],
    has_waiting_pods: ['true', 'false'],
    has_problem: ['true', 'false'],
  }
  const found = values[name]
  if (found === undefined) throw new Error(`${route} takes ${name}, and this benchmark has no value for it`)
  return found
}
