/** A container runtime's socket, as far as a door asks it: CRI with scripted answers. */
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { dirname } from 'node:path'
import { encodeMessage } from '@fairlead/credential-path/grpc/protobuf'

export interface ScriptedCri {
  readonly name: string
  readonly version: string
  /** What Status reports under `config`; nothing when absent. */
  readonly config?: object
  /** What the plugin for images exports; containerd has exported nothing before 2.4. */
  readonly exports?: Readonly<Record<string, string>>
  /** It refuses everything. */
  readonly refusal?: string
}

export async function serveCri(socketPath: string, script: ScriptedCri): Promise<AsyncDisposable> {
  const server = createServer()
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const answer = answerOf(String(headers[':path']), script)
    if (typeof answer === 'string') {
      stream.respond({ ':status': 200, 'grpc-status': '2', 'grpc-message': answer }, { endStream: true })
      return
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    const length = Buffer.alloc(5)
    length.writeUInt32BE(answer.length, 1)
    stream.end(Buffer.concat([length, answer]))
  })
  await mkdir(dirname(socketPath), { recursive: true })
  await once(server.listen(socketPath), 'listening')
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answerOf(method: string, { name, version, config, exports = {}, refusal }: ScriptedCri): Uint8Array | string {
  if (refusal !== undefined) return refusal
  if (method.endsWith('/Version')) return encodeMessage({ 1: '0.1.0', 2: name, 3: version, 4: 'v1' })
  if (method.endsWith('/Status')) {
    return config === undefined ? encodeMessage({}) : encodeMessage({ 2: entry('config', JSON.stringify(config)) })
  }
  if (method.endsWith('/Plugins')) {
    const all = Object.entries(exports).map(([key, value]) => encodeMessage({ 5: entry(key, value) }))
    return encodeMessage({ 1: Buffer.concat(all) })
  }
  return `unknown method ${method}`
}

const entry = (key: string, value: string): Uint8Array => encodeMessage({ 1: key, 2: value })
