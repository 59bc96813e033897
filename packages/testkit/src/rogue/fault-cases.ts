/** Registries that fail, slow down, or do not speak HTTP. */
import {
  answer,
  drip,
  dripHead,
  dribbled,
  first,
  hangUp,
  raw,
  reset,
  silence,
  truncated,
  whenRead,
} from './behaviour.ts'
import type { Behaviour, RogueCase, Stage } from './rogue-case.ts'

const at = (
  stage: Stage,
  name: string,
  what: string,
  behaviour: Behaviour,
  code: string | null,
  rule = 'S9',
): RogueCase => ({
  name,
  rule,
  what,
  code,
  ...(stage === 'ping' && code !== null && { beforeLogin: true }),
  does: { [stage]: behaviour },
})

const limited = (retryAfter?: string): Behaviour =>
  answer(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter })

export const faultCases: readonly RogueCase[] = [
  at('ping', 'ping-429', 'limits the rate of /v2/', limited(), 'REGISTRY_RATE_LIMITED'),
  at('ping', 'ping-429-wait', 'limits the rate of /v2/, and says for how long', first(1, limited('1')), null),
  at('manifest', 'manifest-429', 'limits the rate of manifests', limited(), 'REGISTRY_RATE_LIMITED'),
  at('manifest', 'manifest-429-wait', 'limits the rate of manifests for a second', first(1, limited('1')), null),
  at('manifest', 'manifest-429-hour', 'limits the rate for an hour', limited('3600'), 'REGISTRY_RATE_LIMITED'),
  at(
    'manifest',
    'manifest-429-text',
    'limits the rate until nobody knows when',
    limited('soon; drop table'),
    'REGISTRY_RATE_LIMITED',
  ),
  at(
    'manifest',
    'manifest-429-past',
    'limits the rate until a day long past',
    limited('Thu, 01 Jan 1970 00:00:00 GMT'),
    'REGISTRY_RATE_LIMITED',
  ),
  at('config', 'config-429', 'limits the rate of blobs', limited(), 'REGISTRY_RATE_LIMITED'),
  ...[500, 502, 503, 504].map((status) =>
    at('ping', `ping-${status}`, `answers ${status}`, answer(status), 'REGISTRY_UNAVAILABLE'),
  ),
  at('ping', 'ping-503-once', 'answers 503 once', first(1, answer(503, { 'retry-after': '0' })), null),
  at('manifest', 'manifest-500', 'fails at the manifest', answer(500), 'REGISTRY_UNAVAILABLE'),
  at('config', 'config-503', 'fails at a blob', answer(503), 'REGISTRY_UNAVAILABLE'),
  at('manifest', 'manifest-teapot', 'is a teapot', answer(418), 'REGISTRY_PROTOCOL'),
  at('ping', 'ping-silent', 'never answers', silence, 'REGISTRY_TIMEOUT'),
  at('ping', 'ping-slow-loris', 'answers a header now and then', dripHead, 'REGISTRY_TIMEOUT'),
  at('manifest', 'manifest-silent', 'never answers for the manifest', silence, 'REGISTRY_TIMEOUT'),
  at('config', 'config-slow-loris', 'serves the config a byte now and then', dribbled, 'PULL_STALLED'),
  at('config', 'config-drip', 'serves a config without end, a byte now and then', drip(200), 'PULL_STALLED'),
  at('config', 'config-cut', 'cuts the config, each time', truncated(20), 'REGISTRY_UNREACHABLE'),
  at('ping', 'ping-reset', 'resets the connection', reset, 'REGISTRY_UNREACHABLE'),
  at('ping', 'ping-hang-up', 'hangs up', hangUp, 'REGISTRY_UNREACHABLE'),
  at('manifest', 'manifest-reset', 'resets the connection at the manifest', reset, 'REGISTRY_UNREACHABLE'),
  at('manifest', 'manifest-reset-once', 'resets the connection once', first(1, reset), null),
  at('ping', 'no-http', 'speaks another protocol', raw('SSH-2.0-OpenSSH_9.2\r\n'), 'REGISTRY_PROTOCOL'),
  at(
    'ping',
    'two-lengths',
    'gives two lengths',
    raw('HTTP/1.1 401 x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}'),
    'REGISTRY_PROTOCOL',
  ),
  at(
    'manifest',
    'manifest-less',
    'promises more than it sends',
    whenRead(raw('HTTP/1.1 200 x\r\ncontent-length: 99\r\n\r\n{}')),
    'REGISTRY_UNREACHABLE',
  ),
]
