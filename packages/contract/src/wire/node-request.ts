/** What a node signs with its Ed25519 key for every request, so that a stolen session is worthless without the key. */

export const nodeHeaders = {
  node: 'fairlead-node',
  session: 'fairlead-session',
  /** Milliseconds since the epoch; at most five minutes off. */
  timestamp: 'fairlead-timestamp',
  /** Ed25519 over `nodeRequestText`, base64url without padding. */
  signature: 'fairlead-signature',
} as const

/** In each answer to a poll: milliseconds over which nodes spread their return after an outage, which grow with the fleet. */
export const returnSpreadHeader = 'fairlead-return-spread'

export interface NodeRequest {
  readonly method: string
  /** Scheme, host and port as configured on the control plane, such as `https://10.77.0.1:8443`. */
  readonly origin: string
  /** Path with query, as sent. */
  readonly path: string
  /** SHA-256 of the body's bytes in hex; of zero bytes if there is no body. */
  readonly bodySha256: string
  /** `-` in the request that opens a session. */
  readonly session: string
  readonly timestamp: number
}

/** The text to sign. No field can contain a line break, so no two requests share a text. */
export function nodeRequestText(request: NodeRequest): string {
  return [
    'fairlead-node-request-v1',
    request.method.toUpperCase(),
    request.origin,
    request.path,
    request.bodySha256,
    request.session,
    String(request.timestamp),
  ].join('\n')
}
