/** A small engine: asks the mirror over mutual TLS as real ones do, checks what it gets, and says what became of each request. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { checkServerIdentity as checkIdentity } from 'node:tls'
import type { DoorEngine } from '@fairlead/contract/wire'
import { keysOf, segmentOf } from '../engines/mirror-place.ts'

export interface MirrorAnswer {
  /** 0: it was cut off before it arrived. */
  readonly status: number
  readonly reason: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** False: the connection ended before all that was announced had come. */
  readonly isWhole: boolean
}

export interface EngineClientOptions {
  readonly port: number
  readonly stateDir: string
  readonly engine: DoorEngine
  /** How long one request may take; it then throws. */
  readonly patienceMs: number
}

export interface AskOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
}

export class EngineClient implements Disposable {
  readonly #options: EngineClientOptions
  readonly #agent: Agent

  constructor(options: EngineClientOptions) {
    const keys = keysOf(options.engine, options.stateDir)
    this.#options = options
    this.#agent = new Agent({
      keepAlive: true,
      ca: readFileSync(keys.ca),
      cert: readFileSync(keys.certificate),
      key: readFileSync(keys.key),
      // By its address, whatever the Host header says.
      checkServerIdentity: (_, certificate) => checkIdentity('127.0.0.1', certificate),
    })
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  ask(path: string, { method = 'GET', headers = {} }: AskOptions = {}): Promise<MirrorAnswer> {
    const { port, patienceMs } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<MirrorAnswer>()
    const signal = AbortSignal.timeout(patienceMs)
    request({ host: '127.0.0.1', port, path, method, headers, agent: this.#agent, signal }, (response) => {
      const { statusCode: status = 0, statusMessage: reason = '', headers: answered } = response
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', () => undefined)
      response.once('close', () => {
        if (signal.aborted) return reject(new Error(`${method} ${path} took more than ${patienceMs} ms`))
        return resolve({
          status,
          reason,
          headers: answered,
          body: Buffer.concat(pieces),
          isWhole: response.complete,
        })
      })
    })
      .on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET') return reject(error)
        return resolve({ status: 0, reason: '', headers: {}, body: Buffer.alloc(0), isWhole: false })
      })
      .end()
    return promise
  }
}

/** What a pull came to: all is there and right, the mirror refused something (its code), a blob was cut off, or bytes were wrong. */
export type Outcome =
  | { readonly kind: 'whole'; readonly blobs: number }
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly code: string
      /** Everything that an engine could show. */
      readonly said: string
      readonly at: string
    }
  | { readonly kind: 'cut'; readonly at: string }
  | { readonly kind: 'wrong'; readonly at: string; readonly why: string }

interface Descriptor {
  readonly digest: string
}

interface Manifest {
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly Descriptor[]
}

/** Resolves the tag, and fetches every manifest and blob that it leads to, each once; ends with the first that it does not get. */
export async function pullThrough(
  client: EngineClient,
  { registry, repository, tag }: { registry: string; repository: string; tag: string },
): Promise<Outcome> {
  const at = (kind: string, name: string): string => `/v2/${segmentOf(registry)}/${repository}/${kind}/${name}`
  const blobs = new Set<string>()
  const manifests = new Set<string>()

  const head = await client.ask(at('manifests', tag), { method: 'HEAD' })
  if (head.status !== 200) return refused(head, `HEAD ${tag}`)
  const root = String(head.headers['docker-content-digest'])
  const waiting = [root]
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    manifests.add(digest)
    const answer = await client.ask(at('manifests', digest))
    const found = judge(answer, digest, 'manifest')
    if (found !== null) return found
    const document = JSON.parse(answer.body.toString('utf8')) as Manifest
    waiting.push(...new Set(document.manifests?.map((entry) => entry.digest).filter((entry) => !manifests.has(entry))))
    for (const blob of [document.config, ...(document.layers ?? [])]) if (blob !== undefined) blobs.add(blob.digest)
  }
  for (const digest of blobs) {
    const found = judge(await client.ask(at('blobs', digest)), digest, 'blob')
    if (found !== null) return found
  }
  return { kind: 'whole', blobs: blobs.size }
}

/** Null: whole and right. */
function judge(answer: MirrorAnswer, digest: string, at: string): Outcome | null {
  if (answer.status === 0 || (answer.status === 200 && !answer.isWhole)) return { kind: 'cut', at }
  if (answer.status !== 200) return refused(answer, at)
  const found = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`
  if (found !== digest) return { kind: 'wrong', at, why: `${answer.body.length} bytes of another digest` }
  if (answer.headers['docker-content-digest'] !== digest) return { kind: 'wrong', at, why: 'it says another digest' }
  if (answer.headers['content-length'] !== String(answer.body.length))
    return { kind: 'wrong', at, why: 'it says another length' }
  return null
}

/** An engine shows either the reason phrase or the body, so both must have the code. */
function refused({ status, reason, headers, body, isWhole }: MirrorAnswer, at: string): Outcome {
  const code = /\(([A-Z_]+)\)/.exec(reason)?.[1]
  if (code === undefined) return { kind: 'wrong', at, why: `a refusal (${status}) without a code` }
  if (!isWhole || (body.length > 0 && !body.includes(`(${code})`)))
    return { kind: 'wrong', at, why: 'a refusal with another code in its body' }
  return { kind: 'refused', status, code, said: `${reason}\n${JSON.stringify(headers)}\n${body.toString('utf8')}`, at }
}
