/**
 * Leaves out of a bundle the parts of undici that nothing here uses: its main file loads WebSocket, EventSource, cookies, caches, mocks and
 * interceptors at once, which is half of the time that it takes to load. No other part of undici asks for one of these.
 */
import type { RolldownPlugin } from 'rolldown'

const unused = /\/undici\/lib\/(?:mock|cache|interceptor|web\/(?:websocket|eventsource|cache|cookies))\//

/** The main file makes one `CacheStorage`, and no other object of these parts. */
const nothing = 'module.exports = { CacheStorage: class {} }'

export const leanUndici: RolldownPlugin = {
  name: 'lean-undici',
  load: (id) => (unused.test(id) ? nothing : null),
}
