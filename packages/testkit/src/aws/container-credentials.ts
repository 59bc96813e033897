/** Where a task of ECS or a pod of EKS finds the credentials of its role: one document, for who brings the token that the task was given. */
import { timingSafeEqual } from 'node:crypto'
import type { Handler } from '../http-service.ts'
import type { Fleet, Instance } from './instance.ts'

export const containerCredentialsPath = '/v1/credentials'

export function containerCredentialsHandler(fleet: Fleet, token: string): Handler {
  const expected = Buffer.from(token)
  return (request, response) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    const isKnown = given.length === expected.length && timingSafeEqual(given, expected)
    const status = request.method !== 'GET' || request.url !== containerCredentialsPath ? 404 : isKnown ? 200 : 401
    const document = status === 200 ? credentialsDocument(fleet.at(request.socket.remoteAddress ?? '')) : {}
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  }
}

function credentialsDocument({ credentials }: Instance): object {
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.token,
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  }
}
