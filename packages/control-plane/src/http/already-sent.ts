/** What a handler returns that answers by Node's own response. */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

/**
 * Once a server listens, `new Response` makes one of node-server's own, and that is sent whatever its headers say. Reading its body makes it one of
 * Node's. So it does not matter whether the module with the constant is loaded before or after that.
 */
export function asOfNode(response: Response): Response {
  void response.body
  return response
}

export const alreadySent = asOfNode(RESPONSE_ALREADY_SENT)
