/** The headers that prove that a request comes from this node: Ed25519 over method, origin, path, body, session and time. */
import { createHash } from 'node:crypto'
import { nodeHeaders, nodeRequestText } from '@fairlead/contract/wire'
import type { NodeIdentity } from './node-identity.ts'

/** Empty in the request that opens a session. */
export const noSession = '-'

export interface RequestToSign {
  readonly method: string
  /** Path with query, as sent. */
  readonly path: string
  readonly body: string | Uint8Array | null
  readonly session: string
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

export function signRequest(
  identity: Pick<NodeIdentity, 'nodeId' | 'origin' | 'key'>,
  request: RequestToSign,
): Record<string, string> {
  const text = nodeRequestText({
    method: request.method,
    origin: identity.origin,
    path: request.path,
    bodySha256: createHash('sha256')
      .update(request.body ?? '')
      .digest('hex'),
    session: request.session,
    timestamp: request.timestamp,
  })
  return {
    [nodeHeaders.node]: identity.nodeId,
    [nodeHeaders.session]: request.session,
    [nodeHeaders.timestamp]: String(request.timestamp),
    [nodeHeaders.signature]: identity.key.sign(text),
  }
}
