/** The name of an operation in the OpenAPI document, and thus of a function in a generated client: `list_clouds`, `create_cloud_grant`. */
import type { Route } from '../http/route.ts'

/** Names that the rule would make clumsy, or whose path contains no resource. */
const named: Readonly<Record<string, string>> = {
  'get /healthz': 'get_health',
  'get /readyz': 'get_readiness',
  'get /metrics': 'get_metrics',
  'get /api/v1/api_tokens/me': 'get_own_api_token',
  'delete /api/v1/api_tokens/me': 'sign_out',
  'post /api/v1/sign_in/browser': 'start_browser_sign_in',
  'post /api/v1/sign_in/browser/finish': 'finish_browser_sign_in',
  'post /api/v1/sign_in/device': 'start_device_sign_in',
  'post /api/v1/sign_in/device/finish': 'finish_device_sign_in',
  'post /api/v1/sign_in/program': 'sign_in_program',
  'get /api/v1/events': 'stream_events',
  'get /api/v1/openapi.json': 'get_openapi_document',
  'post /api/v1/nodes/join': 'join_node',
  'post /api/v1/nodes/join/challenge': 'create_join_challenge',
  'post /api/v1/nodes/join/proof': 'join_node_by_proof',
  'post /api/v1/nodes/me/session': 'create_node_session',
  'get /api/v1/nodes/me/desired_state': 'get_desired_state',
  'post /api/v1/nodes/me/reports': 'send_report',
}

export function operationId(route: Pick<Route, 'method' | 'path' | 'status'>): string {
  const { method, path, status } = route
  const own = named[`${method} ${path}`]
  if (own !== undefined) return own
  const segments = path.replace(/^\/api\/v1/, '').split('/')
  const words = segments.filter((segment) => /^[a-z_]+$/.test(segment))
  const isItem = segments.at(-1)?.startsWith('{') ?? false
  const last = words.at(-1) ?? ''
  const above = words.slice(0, -1).map(singular)
  if (method === 'delete') return ['delete', ...above, singular(last)].join('_')
  if (method === 'get')
    return [last.endsWith('s') && !isItem ? 'list' : 'get', ...above, isItem ? singular(last) : last].join('_')
  if (status === 201) return ['create', ...above, singular(last)].join('_')
  // An action on a resource: reset_role of a cloud is reset_cloud_role.
  const [verb = '', ...object] = last.split('_')
  return [verb, ...above, ...object].join('_')
}

function singular(word: string): string {
  return word.replace(/s$/, '')
}
