/** The OpenAPI 3.1 document, generated from the definitions that serve the requests. */
import {
  BuildId,
  CloudId,
  ClusterEnvironmentId,
  ClusterId,
  GrantId,
  NodeId,
  PullId,
  TokenId,
} from '@fairlead/contract/names'
import { ProblemDocument, problems, type ProblemCode } from '@fairlead/contract/problems'
import { eventIdPattern } from '@fairlead/contract/wire'
import { z } from 'zod'
import { bodyExamples } from './body-examples.ts'
import { ComponentSchemas, type Json } from './schemas.ts'
import { operationId } from './operation-id.ts'
import { respond, type Route } from '../http/route.ts'

export interface OpenApiDocument extends Json {
  openapi: string
  paths: Record<string, Json>
}

export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = new ComponentSchemas()
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
    servers: [{ url: '/', description: 'The control plane that serves this document' }],
    paths,
    components: {
      schemas: schemas.inOrder(),
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

function operation(route: Route, schemas: ComponentSchemas): Json {
  const id = operationId(route)
  const example = bodyExamples[id]
  return {
    operationId: id,
    tags: [tagOf(route)],
    summary: route.summary,
    ...(route.access !== 'public' && { description: whoMay(route) }),
    security: security(route),
    'x-access': route.access,
    parameters: [...pathParameters(route, schemas), ...queryParameters(route, schemas), ...headerParameters(route)],
    ...(route.body !== null && {
      requestBody: {
        required: !route.body.safeParse({}).success,
        content: {
          'application/json': {
            schema: schemas.of(route.body, 'input'),
            ...(example !== undefined && { example }),
          },
        },
      },
    }),
    responses: { ...success(route, schemas), ...failures(route, schemas) },
  }
}

/** The resource: a generated client groups its calls by this. */
function tagOf({ path }: Route): string {
  const [first = ''] = path.replace(/^\/api\/v1/, '').match(/[a-z_]+/g) ?? []
  return /^(healthz|readyz|metrics|openapi)$/.test(first) ? 'service' : first
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

/** Agents also join, before they have a key to sign with. */
function isAgents(route: Route): boolean {
  return isNodes(route) || route.path.startsWith('/api/v1/nodes/join')
}

function pathParameters(route: Route, schemas: ComponentSchemas): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.of(pathIds[name] ?? z.string(), 'input'),
  }))
}

function queryParameters(route: Route, schemas: ComponentSchemas): Json[] {
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
  if (!isKeyed(route))
    return (ownHeaders[operationId(route)] ?? []).map((own) => ({ in: 'header', required: false, ...own }))
  const description = 'The same key with the same request returns the first answer again, for a day'
  const schema = { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' }
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }]
}

function isKeyed(route: Route): boolean {
  return route.run.kind === 'write' && route.method === 'post' && route.access !== 'public'
}

function success(route: Route, schemas: ComponentSchemas): Json {
  const unchanged = operationId(route) === 'get_desired_state' ? { '304': { description: 'Unchanged' } } : {}
  if (route.answer === null) return { '204': { description: 'Done' } }
  const content = { [route.contentType]: { schema: schemas.ofAnswer(route.answer) } }
  return { [String(route.status)]: { description: 'Done', content }, ...unchanged }
}

function failures(route: Route, schemas: ComponentSchemas): Json {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problems[code].status)
  const schema = schemas.of(ProblemDocument, 'output')
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.join(', '),
        content: { 'application/problem+json': { schema } },
        'x-problem-codes': codes,
      },
    ]),
  )
}

/** A faulty name has its own code. */
function hasName(schema: z.ZodType | null): boolean {
  if (schema instanceof z.ZodDiscriminatedUnion) return schema.options.some((one) => hasName(one as z.ZodType))
  return schema instanceof z.ZodObject && 'name' in schema.shape
}

/** Every problem that a call to the route may return. */
function problemsOf(route: Route): ProblemCode[] {
  const everywhere: ProblemCode[] = ['HOST_NOT_ALLOWED', 'REQUEST_INVALID', 'INTERNAL']
  const signing: ProblemCode[] =
    route.access === 'public'
      ? []
      : isNodes(route)
        ? ['NODE_SIGNATURE_INVALID', 'NODE_REQUEST_REPEATED', 'NODE_SESSION_EXPIRED', 'NODE_REVOKED', 'NODE_FORGOTTEN']
        : [
            'TOKEN_MISSING',
            'TOKEN_INVALID',
            'TOKEN_EXPIRED',
            'TOO_MANY_ATTEMPTS',
            ...(route.access === 'viewer' ? [] : (['ROLE_TOO_LOW'] as const)),
            ...(route.reach === 'all clouds' ? (['TOKEN_LIMITED_TO_CLOUDS'] as const) : []),
          ]
  const sending: ProblemCode[] =
    route.body === null ? [] : ['REQUEST_MALFORMED', 'REQUEST_TOO_LARGE', 'REQUEST_TOO_SLOW']
  if (route.body !== null && (route.access === 'public' || isNodes(route))) sending.push('SERVER_BUSY')
  const asAgent: ProblemCode[] = isAgents(route) ? ['AGENT_TOO_OLD', 'AGENT_TOO_NEW'] : []
  const naming: ProblemCode[] = hasName(route.query) || hasName(route.body) ? ['NAME_INVALID'] : []
  const keyed: ProblemCode[] = isKeyed(route) ? ['IDEMPOTENCY_KEY_REUSED'] : []
  return [...new Set([...route.problems, ...signing, ...sending, ...naming, ...keyed, ...asAgent, ...everywhere])]
}

const pathIds: Readonly<Record<string, z.ZodType>> = {
  build_id: BuildId,
  cloud_id: CloudId,
  cluster_id: ClusterId,
  environment_id: ClusterEnvironmentId,
  grant_id: GrantId,
  node_id: NodeId,
  pull_id: PullId,
  token_id: TokenId,
}

const ownHeaders: Readonly<Record<string, readonly Json[]>> = {
  stream_events: [
    {
      name: 'Last-Event-ID',
      description:
        'The id of the last event that was read. The stream continues after it. If it is no longer known, the stream begins with a `reset` event: reload whatever you read before',
      schema: { type: 'string', pattern: eventIdPattern.source },
    },
  ],
  get_desired_state: [
    { name: 'If-None-Match', description: 'The ETag of the state that the node has', schema: { type: 'string' } },
  ],
}
