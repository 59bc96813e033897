/**
 * Where an ECS task or an EKS pod finds the credentials of its role: one document, for a caller that knows the task's path or brings the
 * pod's token.
 */
import { randomUUID, timingSafeEqual } from 'node:crypto'
import type { Handler } from '../../servers/http-service.ts'
import type { Fleet, Instance } from './instance.ts'

export interface ContainerAccess {
  /** For an EKS pod; the same for all, and worthless without the token. */
  readonly podPath: string
  readonly podToken: string
  /** For an ECS task: any caller that knows it is the task. */
  readonly taskPath: string
}

export const newContainerAccess = (): ContainerAccess => ({
  podPath: '/v1/credentials',
  podToken: randomUUID(),
  taskPath: `/v2/credentials/${randomUUID()}`,
})

export function containerCredentialsHandler(fleet: Fleet, { podPath, podToken, taskPath }: ContainerAccess): Handler {
  const expected = Buffer.from(podToken)
  const statusOf = (method = '', url = '', authorization = ''): number => {
    if (method !== 'GET' || (url !== podPath && url !== taskPath)) return 404
    const given = Buffer.from(authorization)
    return url === taskPath || (given.length === expected.length && timingSafeEqual(given, expected)) ? 200 : 401
  }
  return (request, response) => {
    const status = statusOf(request.method, request.url, request.headers.authorization)
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
