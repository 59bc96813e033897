import { describe, expect, test } from 'vitest'
import { bodyExamples } from './body-examples.ts'
import { operationId } from './operation-id.ts'
import { allRoutes, type RouteParts } from '../http/routes.ts'
import { openApiDocument } from './document.ts'

// Only the definitions are read; nothing is called.
const routes = allRoutes({ metrics: {} } as unknown as RouteParts)

test('access by route', () => {
  const table = routes.map((route) => `${route.access} ${route.method.toUpperCase()} ${route.path}`)
  expect(table).toMatchInlineSnapshot(`
    [
      "public GET /healthz",
      "public GET /readyz",
      "viewer GET /metrics",
      "admin POST /api/v1/clouds",
      "viewer GET /api/v1/clouds",
      "viewer GET /api/v1/clouds/{cloud_id}",
      "admin POST /api/v1/clouds/{cloud_id}/reset_role",
      "admin POST /api/v1/clouds/{cloud_id}/update",
      "admin DELETE /api/v1/clouds/{cloud_id}",
      "admin POST /api/v1/clouds/{cloud_id}/grants",
      "viewer GET /api/v1/clouds/{cloud_id}/grants",
      "admin DELETE /api/v1/clouds/{cloud_id}/grants/{grant_id}",
      "viewer GET /api/v1/clouds/{cloud_id}/policy",
      "developer POST /api/v1/cluster_environments",
      "viewer GET /api/v1/cluster_environments",
      "viewer GET /api/v1/cluster_environments/{environment_id}",
      "developer POST /api/v1/cluster_environments/{environment_id}/builds",
      "developer POST /api/v1/cluster_environments/{environment_id}/archive",
      "viewer GET /api/v1/cluster_environment_builds",
      "viewer GET /api/v1/cluster_environment_builds/by_identifier",
      "viewer GET /api/v1/cluster_environment_builds/{build_id}",
      "developer POST /api/v1/cluster_environment_builds/{build_id}/verify",
      "developer POST /api/v1/clusters",
      "viewer GET /api/v1/clusters",
      "viewer GET /api/v1/clusters/{cluster_id}",
      "viewer GET /api/v1/clusters/{cluster_id}/nodes",
      "developer GET /api/v1/clusters/{cluster_id}/connection",
      "developer POST /api/v1/clusters/{cluster_id}/start",
      "developer POST /api/v1/clusters/{cluster_id}/terminate",
      "developer DELETE /api/v1/clusters/{cluster_id}",
      "public POST /api/v1/nodes/join",
      "node-key POST /api/v1/nodes/me/session",
      "node POST /api/v1/nodes/me/leave",
      "node GET /api/v1/nodes/me/desired_state",
      "node POST /api/v1/nodes/me/reports",
      "public POST /api/v1/nodes/join/challenge",
      "public POST /api/v1/nodes/join/proof",
      "admin POST /api/v1/clouds/{cloud_id}/join_tokens",
      "admin GET /api/v1/clouds/{cloud_id}/join_command",
      "viewer GET /api/v1/nodes",
      "viewer GET /api/v1/nodes/{node_id}",
      "admin POST /api/v1/nodes/{node_id}/revoke",
      "viewer GET /api/v1/pulls",
      "viewer GET /api/v1/pulls/{pull_id}",
      "viewer GET /api/v1/overview",
      "public GET /api/v1/sign_in",
      "public POST /api/v1/sign_in/browser",
      "public POST /api/v1/sign_in/browser/finish",
      "public POST /api/v1/sign_in/device",
      "public POST /api/v1/sign_in/device/finish",
      "public POST /api/v1/sign_in/program",
      "admin POST /api/v1/api_tokens",
      "admin GET /api/v1/api_tokens",
      "viewer GET /api/v1/api_tokens/me",
      "viewer DELETE /api/v1/api_tokens/me",
      "admin DELETE /api/v1/api_tokens/{token_id}",
      "admin GET /api/v1/audit_events",
      "viewer GET /api/v1/events",
      "public GET /api/v1/openapi.json",
    ]
  `)
})

describe('the OpenAPI document', () => {
  const document = openApiDocument(routes, '1.2.3')
  const text = JSON.stringify(document)

  test('has every route', () => {
    expect(Object.keys(document.paths)).toEqual([...new Set(routes.map((route) => route.path))])
  })

  test('refers only to schemas that it contains', () => {
    const schemas = (document['components'] as { schemas: object }).schemas
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
    expect(names.length).toBeGreaterThan(50)
    expect(new Set(names).difference(new Set(Object.keys(schemas)))).toEqual(new Set())
    expect(text).not.toContain('$defs')
  })

  test('gives each operation a unique snake_case name', () => {
    const ids = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id ?? '')
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !/^[a-z]+(_[a-z]+)+$/.test(id))).toEqual([])
    expect(ids).toEqual(expect.arrayContaining(['list_clouds', 'create_cloud_grant', 'reset_cloud_role', 'get_node']))
  })

  test('names the contents of answers', () => {
    const schemas = (document['components'] as { schemas: object }).schemas
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        'Cloud',
        'CloudId',
        'CloudResult',
        'CloudPage',
        'CreateCloud',
        'Provider',
        'EnvironmentConfig',
      ]),
    )
  })

  test('says that a time in a request is in UTC, which the format does not', () => {
    const schemas = (document['components'] as { schemas: Record<string, { properties: { at: object } }> }).schemas
    const { at } = schemas['Report']?.properties ?? {}
    expect(at).toMatchObject({ type: 'string', format: 'date-time', pattern: 'Z$' })
    expect(schemas['PullRecord']).toMatchObject({
      properties: { started_at: expect.not.objectContaining({ pattern: expect.anything() }) },
    })
  })

  test('describes the events of the stream', () => {
    const schemas = (document['components'] as { schemas: Record<string, object> }).schemas
    const events = document.paths['/api/v1/events'] as { get: { responses: Record<string, { content: object }> } }
    expect(events.get.responses['200']?.content).toEqual({
      'text/event-stream': { schema: { $ref: '#/components/schemas/ChangeEvent' } },
    })
    expect(schemas['ChangeEvent']).toMatchObject({ type: 'object', required: ['id', 'event', 'data'] })
    expect(schemas['ChangeText']).toMatchObject({
      type: 'string',
      contentMediaType: 'application/json',
      contentSchema: { properties: { id: { type: 'string' } } },
    })
  })

  test('has an example body that the route accepts', () => {
    const bodies = routes.filter((route) => route.body !== null && !route.body.safeParse({}).success)
    const faulty = bodies.filter((route) => route.body?.safeParse(bodyExamples[operationId(route)]).success !== true)
    expect(faulty.map(operationId)).toEqual([])
  })
})
