/** What the SDK needs of `fetch`, over Node's own http client: `fetch` and its streams take longer to load than most commands to run. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { responseTo } from '@fairlead/credential-path/process/response-to'
import type { Fetch, FetchAnswer } from '@fairlead/sdk'

/** `request` is that of `node:http` or `node:https`, with an agent that says how to connect. It follows no redirect. */
export function httpFetch(request: (url: string, options: RequestOptions) => ClientRequest): Fetch {
  return async (url, { method, headers, body, signal }) => {
    const asked = request(url, { method, headers: { ...headers, ...lengthOf(body) }, signal })
    return answerOf(await responseTo(asked.end(body)))
  }
}

const lengthOf = (body: string | undefined) => (body === undefined ? {} : { 'content-length': Buffer.byteLength(body) })

function answerOf(response: IncomingMessage): FetchAnswer {
  return {
    status: response.statusCode ?? 0,
    headers: { get: (name) => response.headersDistinct[name.toLowerCase()]?.join(', ') ?? null },
    body: {
      getReader() {
        const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
        return {
          async read() {
            const { done = false, value } = await chunks.next()
            return { done, value }
          },
          async cancel() {
            await chunks.return?.()
          },
        }
      },
    },
  }
}
