/** Joining without a token: a challenge, then a proof that the machine's own cloud vouches for (S18). */
import { AskToJoin, JoinAnswer, JoinChallenge, ProvenJoinRequest, single } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import { allClouds, takeProvenJoin, type ProvenJoinParts } from './take-proven-join.ts'
import { idForName, makeChallenge } from '../identity/proof/join-challenge.ts'
import { joinAnswer } from './join-answer.ts'
import { perform, type Route } from '../http/route.ts'

export interface ProvenJoinRouteParts extends ProvenJoinParts {
  readonly origin: string
}

/** A request needs only a name, so no more than that is read. */
const askLimit = 1024
/** A proof has 8 KiB, and may be held while its sender waits for a turn. */
const proofLimit = 16 * 1024

export function provenJoinRoutes(parts: ProvenJoinRouteParts): Route[] {
  const { store, clock, origin, challengeKey } = parts
  return [
    perform(
      {
        path: '/api/v1/nodes/join/challenge',
        access: 'public',
        summary: 'Get the challenge that a machine must answer to join a cloud; valid once, for five minutes',
        body: AskToJoin,
        status: 201,
        answer: single(JoinChallenge),
        bodyLimit: askLimit,
      },
      // Anyone may ask, any number of times: nothing is written, and an unknown cloud name gets the same answer as a known one.
      async ({ body }) => {
        const id = idForName(await allClouds(store.reader), body.cloud, clock())
        const { nonce, standIn, expiresAt } = makeChallenge(challengeKey, id, clock())
        return { result: { nonce, cloud_id: standIn, origin, expires_at: iso(expiresAt) } }
      },
    ),
    perform(
      {
        path: '/api/v1/nodes/join/proof',
        access: 'public',
        summary: 'Join a cloud with a proof of what the machine is',
        body: ProvenJoinRequest,
        status: 201,
        answer: single(JoinAnswer),
        problems: [
          'JOIN_CHALLENGE_INVALID',
          'JOIN_BY_TOKEN',
          'NODE_PROOF_REFUSED',
          'CLOUD_IDENTITY_UNREACHABLE',
          'CLUSTER_KEYS_UNREACHABLE',
          'JOIN_PROVIDER_DIFFERS',
          'INSTANCE_ALREADY_JOINED',
          'JOIN_BUSY',
          'NAME_IN_USE',
        ],
        bodyLimit: proofLimit,
      },
      async ({ body, request }) => ({ result: joinAnswer(await takeProvenJoin(body, request, parts), origin) }),
    ),
  ]
}
