/** Joining without a token: a challenge, then a proof that the machine's own cloud vouches for (S18). */
import { AskToJoin, JoinAnswer, JoinChallenge, printable, problem, ProvenJoinRequest, single } from '@fairlead/contract'
import { iso } from '../clock.ts'
import { takeProvenJoin, type ProvenJoinParts } from '../fleet/take-proven-join.ts'
import { challengeKey, makeChallenge } from '../identity/proof/join-challenge.ts'
import { presentSession } from './present-session.ts'
import { post, respond, type Route } from './route.ts'

export interface ProvenJoinRouteParts extends ProvenJoinParts {
  readonly origin: string
}

export function provenJoinRoutes(parts: ProvenJoinRouteParts): Route[] {
  const { clock, origin } = parts
  return [
    post(
      {
        path: '/api/v1/nodes/join/challenge',
        access: 'public',
        summary: 'Ask for what a machine must sign to join a cloud; good once, for five minutes',
        body: AskToJoin,
        status: 201,
        answer: single(JoinChallenge),
        problems: ['CLOUD_NOT_FOUND', 'JOIN_BY_TOKEN'],
      },
      async ({ body }, transaction) => {
        const cloud = await transaction.clouds.byName(body.cloud)
        if (cloud === null) throw problem('CLOUD_NOT_FOUND', { name: printable(body.cloud) })
        if (cloud.join !== 'proof') throw problem('JOIN_BY_TOKEN', { name: cloud.name })
        const { nonce, expiresAt } = makeChallenge(await challengeKey(transaction), cloud.id, clock())
        return { result: { nonce, cloud_id: cloud.id, origin, expires_at: iso(expiresAt) } }
      },
    ),
    respond(
      'post',
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
          'INSTANCE_ALREADY_JOINED',
          'NAME_IN_USE',
        ],
      },
      async ({ body }) => {
        const { node, session } = await takeProvenJoin(body, parts)
        const answer = { node_id: node.id, cloud_id: node.cloud_id, origin, session: presentSession(session) }
        return Response.json(single(JoinAnswer).parse({ result: answer }), {
          status: 201,
          headers: { 'cache-control': 'no-store' },
        })
      },
    ),
  ]
}
