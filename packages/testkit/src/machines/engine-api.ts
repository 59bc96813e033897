/** The few Docker Engine requests needed to stop it cleanly. */
import { request } from 'node:http'
import { readBody } from '../servers/http-service.ts'

export interface EngineApi {
  /** Its version; undefined while it does not answer. */
  version(this: void): Promise<string | undefined>
  removeAllContainers(this: void): Promise<void>
}

export function engineApi(socketPath: string): EngineApi {
  const send = (method: string, path: string): Promise<unknown> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const sent = request({ socketPath, method, path, signal: AbortSignal.timeout(30_000) }, (response) => {
      readBody(response).then((body) => resolve(body.length > 0 ? JSON.parse(body.toString()) : null), reject)
    })
    sent.on('error', reject).end()
    return promise
  }
  return {
    async version() {
      try {
        return ((await send('GET', '/version')) as { Version: string }).Version
      } catch {
        return undefined
      }
    },
    async removeAllContainers() {
      const containers = (await send('GET', '/containers/json?all=true')) as { Id: string }[]
      await Promise.all(containers.map(({ Id }) => send('DELETE', `/containers/${Id}?force=true&v=true`)))
    },
  }
}
