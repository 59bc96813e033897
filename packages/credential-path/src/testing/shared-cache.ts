/** One cache in front of one secret, as the agent shares it between its pulls and its doors. */
import { Redacted } from '../match/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import type { LoginSource } from '../secret/find-login.ts'
import { singleFlight } from '../secret/single-flight.ts'

/** The secret is for another registry until `correct` is called. */
export function sharedCache({ policy = {}, registry = 'registry.example.com' } = {}) {
  const stored = { server: 'other.example.com', version: 'v1', reads: 0 }
  const secrets = singleFlight({
    read: async () => {
      stored.reads += 1
      const [username, password] = [new Redacted('robot'), new Redacted('p')]
      return { login: { username, password, server: new Redacted(stored.server) }, version: stored.version }
    },
  })
  const source: LoginSource = {
    policy: NodePolicy.parse(policy),
    secretsOf: () => Promise.resolve({ context: {}, secrets }),
  }
  const correct = () => Object.assign(stored, { server: registry, version: 'v2' })
  return { stored, source, correct }
}
