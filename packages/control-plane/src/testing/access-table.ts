/**
 * For each route: a request that does what the route is for, in the cloud `home`; its outcome for a permitted caller; and its outcome for a token
 * with every role that is limited to another cloud. A route without a row fails the test that reads this.
 */
import { newId } from '@fairlead/contract/names'
import { type ProblemCode } from '@fairlead/contract/problems'
import { bodyExamples } from '../openapi/body-examples.ts'
import { facts, testNode, type TestNode } from './test-node.ts'
import { envConfig, joinBody, type AccessWorld } from './access-world.ts'

export type Outcome = number | ProblemCode

interface AccessRow {
  ask(world: AccessWorld): Asked | Promise<Asked>
  /** The route's own status if absent. */
  readonly done?: Outcome
  /** Absent if no token is required. */
  readonly limited?: Outcome
  /** A separate node, if the request ends it. */
  node?(world: AccessWorld): Promise<TestNode>
}

export interface Asked {
  readonly path: string
  readonly body?: object
}

const at = (path: string, body?: object): Asked => ({ path, ...(body !== undefined && { body }) })
const token = (world: AccessWorld) => world.make('/api_tokens', { name: world.unique(), role: 'viewer' })

export const accessTable: Readonly<Record<string, AccessRow>> = {
  'GET /healthz': { ask: () => at('/healthz') },
  'GET /readyz': { ask: () => at('/readyz') },
  'GET /metrics': { ask: () => at('/metrics'), limited: 'TOKEN_LIMITED_TO_CLOUDS' },
  'GET /api/v1/openapi.json': { ask: () => at('/api/v1/openapi.json') },

  'POST /api/v1/clouds': {
    ask: (world) => at('/api/v1/clouds', { name: world.unique(), provider: 'local' }),
    limited: 'TOKEN_LIMITED_TO_CLOUDS',
  },
  'GET /api/v1/clouds': { ask: () => at('/api/v1/clouds'), limited: 200 },
  'GET /api/v1/clouds/{cloud_id}': {
    ask: ({ home }) => at(`/api/v1/clouds/${home.id}`),
    limited: 'CLOUD_NOT_FOUND',
  },
  'POST /api/v1/clouds/{cloud_id}/reset_role': {
    ask: ({ home }) => at(`/api/v1/clouds/${home.id}/reset_role`, {}),
    limited: 'CLOUD_NOT_FOUND',
  },
  'POST /api/v1/clouds/{cloud_id}/update': {
    ask: ({ home }) => at(`/api/v1/clouds/${home.id}/update`, { allow_any_secret: true }),
    limited: 'CLOUD_NOT_FOUND',
  },
  'DELETE /api/v1/clouds/{cloud_id}': {
    async ask(world) {
      const { id } = await world.make('/clouds', { name: world.unique(), provider: 'local' })
      return at(`/api/v1/clouds/${id}`)
    },
    limited: 'CLOUD_NOT_FOUND',
  },
  'POST /api/v1/clouds/{cloud_id}/grants': {
    ask: (world) => at(`/api/v1/clouds/${world.home.id}/grants`, { reference: `${world.unique()}/` }),
    limited: 'CLOUD_NOT_FOUND',
  },
  'GET /api/v1/clouds/{cloud_id}/grants': {
    ask: ({ home }) => at(`/api/v1/clouds/${home.id}/grants`),
    limited: 'CLOUD_NOT_FOUND',
  },
  'DELETE /api/v1/clouds/{cloud_id}/grants/{grant_id}': {
    async ask(world) {
      const grants = `/clouds/${world.home.id}/grants`
      const { id } = await world.make(grants, { reference: `${world.unique()}/` })
      return at(`/api/v1${grants}/${id}`)
    },
    limited: 'CLOUD_NOT_FOUND',
  },
  'GET /api/v1/clouds/{cloud_id}/policy': {
    ask: ({ home, environment }) => at(`/api/v1/clouds/${home.id}/policy?cluster_environment=${environment.name}`),
    limited: 'CLOUD_NOT_FOUND',
  },
  'POST /api/v1/clouds/{cloud_id}/join_tokens': {
    ask: ({ home }) => at(`/api/v1/clouds/${home.id}/join_tokens`, {}),
    limited: 'CLOUD_NOT_FOUND',
  },
  'GET /api/v1/clouds/{cloud_id}/join_command': {
    ask: ({ home }) => at(`/api/v1/clouds/${home.id}/join_command`),
    limited: 'CLOUD_NOT_FOUND',
  },

  'POST /api/v1/cluster_environments': {
    ask: (world) =>
      at('/api/v1/cluster_environments', { name: world.unique(), cloud_id: world.home.id, config_json: envConfig }),
    limited: 'TOKEN_LIMITED_TO_CLOUDS',
  },
  'GET /api/v1/cluster_environments': { ask: () => at('/api/v1/cluster_environments'), limited: 200 },
  'GET /api/v1/cluster_environments/{environment_id}': {
    ask: ({ environment }) => at(`/api/v1/cluster_environments/${environment.id}`),
    limited: 'CLUSTER_ENV_NOT_FOUND',
  },
  'POST /api/v1/cluster_environments/{environment_id}/builds': {
    ask: ({ environment }) => at(`/api/v1/cluster_environments/${environment.id}/builds`, { config_json: envConfig }),
    limited: 'CLUSTER_ENV_NOT_FOUND',
  },
  'POST /api/v1/cluster_environments/{environment_id}/archive': {
    async ask(world) {
      const config = { name: world.unique(), cloud_id: world.home.id, config_json: envConfig }
      const { id } = await world.make('/cluster_environments', config)
      return at(`/api/v1/cluster_environments/${id}/archive`, {})
    },
    limited: 'CLUSTER_ENV_NOT_FOUND',
  },
  'GET /api/v1/cluster_environment_builds': { ask: () => at('/api/v1/cluster_environment_builds'), limited: 200 },
  'GET /api/v1/cluster_environment_builds/by_identifier': {
    ask: ({ environment }) => at(`/api/v1/cluster_environment_builds/by_identifier?identifier=${environment.name}:1`),
    limited: 'CLUSTER_ENV_NOT_FOUND',
  },
  'GET /api/v1/cluster_environment_builds/{build_id}': {
    ask: ({ buildId }) => at(`/api/v1/cluster_environment_builds/${buildId}`),
    limited: 'BUILD_NOT_FOUND',
  },
  'POST /api/v1/cluster_environment_builds/{build_id}/verify': {
    ask: ({ buildId }) => at(`/api/v1/cluster_environment_builds/${buildId}/verify`, {}),
    limited: 'BUILD_NOT_FOUND',
  },

  'POST /api/v1/clusters': {
    ask: (world) => at('/api/v1/clusters', { name: world.unique(), cluster_environment_build_id: world.buildId }),
    limited: 'BUILD_NOT_FOUND',
  },
  'GET /api/v1/clusters': { ask: () => at('/api/v1/clusters'), limited: 200 },
  'GET /api/v1/clusters/{cluster_id}': {
    ask: ({ clusterId }) => at(`/api/v1/clusters/${clusterId}`),
    limited: 'CLUSTER_NOT_FOUND',
  },
  'GET /api/v1/clusters/{cluster_id}/nodes': {
    ask: ({ clusterId }) => at(`/api/v1/clusters/${clusterId}/nodes`),
    limited: 'CLUSTER_NOT_FOUND',
  },
  'GET /api/v1/clusters/{cluster_id}/connection': {
    ask: ({ clusterId }) => at(`/api/v1/clusters/${clusterId}/connection`),
    done: 'CLUSTER_NOT_RUNNING',
    limited: 'CLUSTER_NOT_FOUND',
  },
  'POST /api/v1/clusters/{cluster_id}/start': {
    async ask(world) {
      const cluster = { name: world.unique(), cluster_environment_build_id: world.buildId }
      return at(`/api/v1/clusters/${(await world.make('/clusters', cluster)).id}/start`, {})
    },
    limited: 'CLUSTER_NOT_FOUND',
  },
  'POST /api/v1/clusters/{cluster_id}/terminate': {
    ask: ({ clusterId }) => at(`/api/v1/clusters/${clusterId}/terminate`, {}),
    limited: 'CLUSTER_NOT_FOUND',
  },
  'DELETE /api/v1/clusters/{cluster_id}': {
    async ask(world) {
      const cluster = { name: world.unique(), cluster_environment_build_id: world.buildId }
      return at(`/api/v1/clusters/${(await world.make('/clusters', cluster)).id}`)
    },
    limited: 'CLUSTER_NOT_FOUND',
  },

  'POST /api/v1/nodes/join': { ask: async (world) => at('/api/v1/nodes/join', await joinBody(world)) },
  'POST /api/v1/nodes/join/challenge': {
    ask: ({ proven }) => at('/api/v1/nodes/join/challenge', { cloud: proven.name }),
  },
  'POST /api/v1/nodes/join/proof': {
    async ask(world) {
      const { token: _token, ...body } = (await joinBody(world)) as { token: string }
      const proof = { identity_token: 'a.b.c' }
      return at('/api/v1/nodes/join/proof', {
        ...body,
        provider: 'gcp',
        cloud_id: world.proven.id,
        nonce: 'n'.repeat(43),
        proof,
      })
    },
    done: 'JOIN_CHALLENGE_INVALID',
  },
  'POST /api/v1/nodes/me/session': { ask: () => at('/api/v1/nodes/me/session', {}) },
  'GET /api/v1/nodes/me/desired_state': { ask: () => at('/api/v1/nodes/me/desired_state') },
  'POST /api/v1/nodes/me/reports': {
    ask: () =>
      at('/api/v1/nodes/me/reports', {
        report_id: newId('rep'),
        at: new Date().toISOString(),
        node: facts,
        workload: null,
        checks: [],
        pulls: [],
      }),
  },
  'POST /api/v1/nodes/me/leave': {
    ask: () => at('/api/v1/nodes/me/leave', {}),
    node: (world) => {
      const { running, admin, home } = world
      return testNode(running.plane.origin, admin, { id: home.id, provider: 'aws' }, { name: world.unique() })
    },
  },
  'GET /api/v1/nodes': { ask: () => at('/api/v1/nodes'), limited: 200 },
  'GET /api/v1/nodes/{node_id}': {
    ask: ({ node }) => at(`/api/v1/nodes/${node.id}`),
    limited: 'NODE_NOT_FOUND',
  },
  'POST /api/v1/nodes/{node_id}/revoke': {
    async ask(world) {
      const joined = await fetch(`${world.running.plane.origin}/api/v1/nodes/join`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(await joinBody(world)),
      })
      const { result } = (await joined.json()) as { result: { node_id: string } }
      return at(`/api/v1/nodes/${result.node_id}/revoke`, {})
    },
    limited: 'NODE_NOT_FOUND',
  },

  'GET /api/v1/pulls': { ask: () => at('/api/v1/pulls'), limited: 200 },
  'GET /api/v1/overview': { ask: () => at('/api/v1/overview'), limited: 200 },
  'GET /api/v1/pulls/{pull_id}': {
    ask: ({ pullId }) => at(`/api/v1/pulls/${pullId}`),
    limited: 'PULL_NOT_FOUND',
  },

  'POST /api/v1/api_tokens': {
    ask: (world) => at('/api/v1/api_tokens', { name: world.unique(), role: 'viewer' }),
    limited: 'TOKEN_LIMITED_TO_CLOUDS',
  },
  'GET /api/v1/api_tokens': { ask: () => at('/api/v1/api_tokens'), limited: 200 },
  'GET /api/v1/sign_in': { ask: () => at('/api/v1/sign_in') },
  'POST /api/v1/sign_in/browser': {
    ask: () => at('/api/v1/sign_in/browser', {}),
    done: 'SIGN_IN_NOT_OFFERED',
  },
  'POST /api/v1/sign_in/browser/finish': {
    ask: () => at('/api/v1/sign_in/browser/finish', bodyExamples['finish_browser_sign_in'] as object),
    done: 'SIGN_IN_NOT_OFFERED',
  },
  'POST /api/v1/sign_in/device': {
    ask: () => at('/api/v1/sign_in/device', {}),
    done: 'SIGN_IN_NOT_OFFERED',
  },
  'POST /api/v1/sign_in/device/finish': {
    ask: () => at('/api/v1/sign_in/device/finish', { device_code: 'c' }),
    done: 'SIGN_IN_NOT_OFFERED',
  },
  'POST /api/v1/sign_in/program': {
    ask: () => at('/api/v1/sign_in/program', { id_token: 'a.b.c' }),
    done: 'SIGN_IN_NOT_OFFERED',
  },
  // Of a token that was not made by signing in: the others would end each other's.
  'DELETE /api/v1/api_tokens/me': {
    ask: () => at('/api/v1/api_tokens/me'),
    done: 'NOT_A_SESSION',
    limited: 'NOT_A_SESSION',
  },
  'GET /api/v1/api_tokens/me': { ask: () => at('/api/v1/api_tokens/me'), limited: 200 },
  'DELETE /api/v1/api_tokens/{token_id}': {
    ask: async (world) => at(`/api/v1/api_tokens/${(await token(world)).id}`),
    limited: 'TOKEN_NOT_FOUND',
  },
  'GET /api/v1/audit_events': { ask: () => at('/api/v1/audit_events'), limited: 200 },
  'GET /api/v1/events': { ask: () => at('/api/v1/events'), limited: 200 },
}
