/** The OpenAPI 3.1 document, from the same definitions that serve the requests. */
import {
  ApiToken,
  Build,
  Cloud,
  Cluster,
  ClusterEnvironment,
  ClusterNode,
  DesiredState,
  Grant,
  JoinToken,
  Node,
  ProblemDocument,
  problems,
  PullRecord,
  Report,
  StepReport,
  type ProblemCode,
} from '@fairlead/contract'
import { z } from 'zod'
import { respond, type Route } from './route.ts'

type Json = Record<string, unknown>

export interface OpenApiDocument extends Json {
  openapi: string
  paths: Record<string, Json>
}

/** Schemas that get a name in the document. */
const named = {
  ApiToken,
  Build,
  Cloud,
  Cluster,
  ClusterEnvironment,
  ClusterNode,
  DesiredState,
  Grant,
  JoinToken,
  Node,
  Problem: ProblemDocument,
  PullRecord,
  Report,
  StepReport,
}

export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = new NamedSchemas()
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, schemas) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Fairlead',
      version,
      description:
        'Clouds, cluster environments and their builds, clusters, nodes, pull records. Errors are problem documents (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: schemas.all,
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: 'An API token, which starts with flt_' },
        nodeSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'fairlead-signature',
          description: 'Ed25519 signature of a node over its request, with fairlead-node, -session and -timestamp',
        },
      },
    },
  }
}

export function openApiRoutes(routes: readonly Route[], version: string): Route[] {
  let text: string | null = null
  const own: Route = respond(
    'get',
    {
      path: '/api/v1/openapi.json',
      access: 'public',
      summary: 'This document',
      status: 200,
      answer: z.record(z.string(), z.unknown()),
    },
    async () => {
      text ??= JSON.stringify(openApiDocument([...routes, own], version))
      return new Response(text, { headers: { 'content-type': 'application/json' } })
    },
  )
  return [own]
}

function operation(route: Route, schemas: NamedSchemas): Json {
  const isRead = route.access === 'viewer'
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.access !== 'public' && { description: whoMay(route) }),
    security: security(route),
    parameters: [...pathParameters(route), ...queryParameters(route, schemas), ...headerParameters(route)],
    ...(route.body !== null && {
      requestBody: {
        required: !route.body.safeParse({}).success,
        content: { 'application/json': { schema: schemas.of(route.body, 'input') } },
      },
    }),
    responses: { ...success(route, schemas), ...failures(route, isRead, schemas) },
  }
}

function operationId(route: Route): string {
  const words = route.path.replace(/^\/api\/v1/, '').match(/[a-z_]+/g) ?? []
  return [route.method, ...words].join('_')
}

function whoMay(route: Route): string {
  return isNodes(route) ? 'For a node: signed with its key.' : `For the role ${route.access} or higher.`
}

function security(route: Route): Json[] {
  if (route.access === 'public') return []
  return [isNodes(route) ? { nodeSignature: [] } : { apiToken: [] }]
}

function isNodes({ access }: Route): boolean {
  return access === 'node' || access === 'node-key'
}

function pathParameters(route: Route): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(route: Route, schemas: NamedSchemas): Json[] {
  const { properties, required = [] } = schemas.of(route.query, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function headerParameters(route: Route): Json[] {
  if (route.run.kind !== 'write' || route.method !== 'post' || route.access === 'public') return []
  const description = 'The same key with the same request gives the first answer again, for a day'
  return [
    { name: 'Idempotency-Key', in: 'header', required: false, description, schema: { type: 'string', maxLength: 255 } },
  ]
}

function success(route: Route, schemas: NamedSchemas): Json {
  if (route.answer === null) return { '204': { description: 'Done' } }
  const content = { [route.contentType]: { schema: schemas.of(route.answer, 'output') } }
  return { [String(route.status)]: { description: 'Done', content } }
}

function failures(route: Route, isRead: boolean, schemas: NamedSchemas): Json {
  const everywhere: ProblemCode[] = ['HOST_NOT_ALLOWED', 'REQUEST_INVALID', 'INTERNAL']
  const signing: ProblemCode[] =
    route.access === 'public'
      ? []
      : isNodes(route)
        ? ['NODE_SIGNATURE_INVALID', 'NODE_SESSION_EXPIRED', 'NODE_REVOKED']
        : ['TOKEN_MISSING', 'TOKEN_INVALID', ...(isRead ? [] : (['ROLE_TOO_LOW'] as const))]
  const sending: ProblemCode[] = route.body === null ? [] : ['REQUEST_MALFORMED', 'REQUEST_TOO_LARGE']
  const keyed: ProblemCode[] = headerParameters(route).length > 0 ? ['IDEMPOTENCY_KEY_REUSED'] : []
  const codes = [...new Set([...route.problems, ...signing, ...sending, ...keyed, ...everywhere])]
  const byStatus = Map.groupBy(codes, (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, found]) => [
      String(status),
      {
        description: found.join(', '),
        content: { 'application/problem+json': { schema: schemas.of(ProblemDocument, 'output') } },
      },
    ]),
  )
}

/** Collects the named schemas that others refer to; one name has one form. */
class NamedSchemas {
  readonly all: Record<string, Json> = {}
  readonly #registry = z.registry<{ id: string }>()

  constructor() {
    for (const [id, schema] of Object.entries(named)) this.#registry.add(schema, { id })
  }

  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    // As the item of a list a named schema is always referred to, never spelt out.
    const { $defs = {}, items } = z.toJSONSchema(z.array(schema), {
      metadata: this.#registry,
      io,
      unrepresentable: 'any',
      reused: 'inline',
    }) as { $defs?: Record<string, Json>; items: Json }
    for (const [id, definition] of Object.entries($defs)) this.#keep(id, definition)
    return withComponentRefs(items)
  }

  #keep(id: string, definition: Json): void {
    const { id: _, ...rest } = definition
    const form = withComponentRefs(rest)
    const known = this.all[id]
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(form)) {
      throw new TypeError(`two forms of the schema ${id}`)
    }
    this.all[id] = form
  }
}

function withComponentRefs(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
}
