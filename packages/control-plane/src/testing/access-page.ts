/** docs/api-access.md: who may call what, as declared by the routes and verified by the test of every route and caller. */
import { problems } from '@fairlead/contract/problems'
import { Metrics } from '../metrics/metrics.ts'
import type { Route } from '../http/route.ts'
import { allRoutes, type RouteParts } from '../http/routes.ts'
import { accessTable, type Outcome } from './access-table.ts'

export const callers = [
  'no token',
  'wrong token',
  'revoked token',
  'viewer',
  'developer',
  'admin',
  'node',
  'limited',
] as const
export type CallerKind = (typeof callers)[number]

const rank = { viewer: 0, developer: 1, admin: 2 }

export const routeKey = (route: Route): string => `${route.method.toUpperCase()} ${route.path}`

/** Only the definitions; none of them can be called. */
export function routesOfThisVersion(): Route[] {
  const metrics = new Metrics({ store: {}, presence: {}, waitingNodes: () => 0 } as never)
  return allRoutes({ metrics } as unknown as RouteParts)
}

/** How a request ends. `limited`: an admin whose token is limited to a cloud other than the one in question. */
export function expectedOutcome(route: Route, caller: CallerKind): Outcome {
  const row = accessTable[routeKey(route)]
  if (row === undefined) throw new TypeError(`${routeKey(route)} has no row in access-table.ts`)
  const done = row.done ?? route.status
  if (route.access === 'public') return done
  if (route.access === 'node' || route.access === 'node-key') return caller === 'node' ? done : 'NODE_SIGNATURE_INVALID'
  if (caller === 'no token' || caller === 'node') return 'TOKEN_MISSING'
  if (caller === 'wrong token' || caller === 'revoked token') return 'TOKEN_INVALID'
  if (caller !== 'limited') return rank[caller] < rank[route.access] ? 'ROLE_TOO_LOW' : done
  if (row.limited === undefined) throw new TypeError(`${routeKey(route)} does not say what a limited token gets`)
  return row.limited
}

const shown = (outcome: Outcome): string =>
  typeof outcome === 'number' ? String(outcome) : `${problems[outcome].status} ${outcome}`

export function accessPage(): string {
  const columns = ['viewer', 'developer', 'admin', 'limited', 'node'] as const
  const rows = routesOfThisVersion().map((route) => {
    const outcomes = columns.map((caller) => shown(expectedOutcome(route, caller)))
    return `| \`${routeKey(route)}\` | ${shown(expectedOutcome(route, 'no token'))} | ${outcomes.join(' | ')} | ${route.audit ?? ''} |`
  })
  return `# Who may call what

Written by \`npx node scripts/api-access.ts\`; do not edit. A test makes each of these requests, and repeats them with a wrong and a revoked token: \`packages/control-plane/src/http/route-access.test.ts\`.

- A wrong or revoked token gets 401 TOKEN_INVALID wherever no token gets 401 TOKEN_MISSING; after many of them from one network 429 TOO_MANY_ATTEMPTS. A valid token is never refused for that. An expired token gets 401 TOKEN_EXPIRED, which does not count as wrong.
- *limited*: an admin's token that is limited to a different cloud than the one in the request. Resources of other clouds do not exist for it; lists and events leave them out (200).
- *node*: a request signed by a node, without a token.
- *audit*: the act as recorded in \`GET /api/v1/audit_events\`.

| route | no token | viewer | developer | admin | limited | node | audit |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}
