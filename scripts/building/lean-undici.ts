/**
 * Leaves the parts of undici that nothing here uses out of a bundle: its main file loads WebSocket, EventSource, cookies, caches, mocks and
 * interceptors at once, which is half of its load time. No other part of undici requires one of these.
 */
import type { RolldownPlugin } from 'rolldown'

const unused = /\/undici\/lib\/(?:mock|cache|interceptor|web\/(?:websocket|eventsource|cache|cookies))\//

/** The main file creates one `CacheStorage`, and no other object of these parts. */
const nothing = 'module.exports = { CacheStorage: class {} }'

export const leanUndici: RolldownPlugin = {
  name: 'lean-undici',
  load: (id) => (unused.test(id) ? nothing : null),
}
