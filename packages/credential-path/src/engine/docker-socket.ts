/** Docker's HTTP API over its unix socket: the API version is negotiated once, answers are bounded, and every failure is a Problem. */
import { isProblem, printable, problem, type Problem } from '@fairlead/contract/problems'
import { Pool, type Dispatcher } from 'undici'
import { bytesUpTo } from '../process/bytes-up-to.ts'
import { parseJson, parseJsonObject } from '../process/parse-json.ts'
import { interruption } from '../process/until-aborted.ts'
import { callProblem } from './problems.ts'

const oldestApi = '1.40'
/** The version this client was written for; a newer engine is addressed in this version as long as it still supports it. */
const newestApi = '1.46'

const maxAnswerBytes = 8 * 1024 * 1024

export interface EngineCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the version prefix, with its parts already escaped. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Sent instead of a body. */
  readonly tar?: Uint8Array
  /** Statuses below 400 are accepted; so are these. */
  readonly fine?: readonly number[] | 'all'
  /** How long the engine may take to answer; its stream may then last indefinitely. */
  readonly answerWithinMs?: number
}

export type EngineAnswer = Dispatcher.ResponseData

export interface ApiVersions {
  readonly ApiVersion: string
  readonly MinAPIVersion: string
  readonly Version: string
  readonly Os: string
  readonly Arch: string
}

export class DockerSocket implements AsyncDisposable {
  readonly #pool: Pool
  #api: Promise<string> | null = null

  constructor(socketPath: string) {
    // The host name is never resolved: every connection goes to the socket.
    this.#pool = new Pool('http://docker.invalid', { socketPath, bodyTimeout: 0, keepAliveTimeout: 4_000 })
  }

  /** Whether the agreed API has what came with this version. */
  async has(version: string, signal: AbortSignal): Promise<boolean> {
    return compareApi(await this.#agreedApi(signal), version) >= 0
  }

  /** The answer with its body not yet read (or dumped). A refusal is read and thrown. */
  async open(call: EngineCall, signal: AbortSignal): Promise<EngineAnswer> {
    const api = await this.#agreedApi(signal)
    const answer = await this.#send({ ...call, path: `/v${api}${call.path}` }, signal)
    if (answer.statusCode < 400 || call.fine === 'all' || call.fine?.includes(answer.statusCode)) return answer
    throw callProblem(await this.refusal(answer), answer.statusCode)
  }

  /** The whole answer as JSON; undefined if it has no body. */
  async json(call: EngineCall, signal: AbortSignal): Promise<{ status: number; body: unknown }> {
    const answer = await this.open(call, signal)
    const text = await this.#text(answer, signal)
    return { status: answer.statusCode, body: text === '' ? undefined : answered(text, answer.statusCode) }
  }

  /** Docker's own message in a refusal. */
  async refusal(answer: EngineAnswer): Promise<string> {
    const text = await this.#text(answer, AbortSignal.timeout(10_000))
    const message = parseJsonObject(text)?.['message']
    // Without one, the text is all there is to show.
    return typeof message === 'string' ? message : printable(text)
  }

  async versions(signal: AbortSignal): Promise<ApiVersions> {
    const answer = await this.#send({ method: 'GET', path: '/version' }, signal)
    const text = await this.#text(answer, signal)
    if (answer.statusCode !== 200) throw callProblem(printable(text), answer.statusCode)
    const body = answered(text, 200) as Partial<Record<keyof ApiVersions, unknown>> | null
    const field = (name: keyof ApiVersions, otherwise: string): string => {
      const value = body?.[name]
      return typeof value === 'string' && /^[A-Za-z0-9.+_~-]{1,64}$/.test(value) ? value : otherwise
    }
    return {
      ApiVersion: field('ApiVersion', '0.0'),
      MinAPIVersion: field('MinAPIVersion', '0.0'),
      Version: field('Version', 'unknown').replaceAll('~', '-'),
      Os: field('Os', 'linux'),
      Arch: field('Arch', 'unknown'),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy()
  }

  #agreedApi(signal: AbortSignal): Promise<string> {
    const agreed = (this.#api ??= this.versions(signal).then(agreeOnApi))
    // An engine that went away may come back as a different version.
    agreed.catch(() => {
      if (this.#api === agreed) this.#api = null
    })
    return agreed
  }

  async #send(call: EngineCall, signal: AbortSignal): Promise<EngineAnswer> {
    try {
      return await this.#pool.request({
        method: call.method,
        path: call.path,
        query: call.query ?? {},
        signal,
        headersTimeout: call.answerWithinMs ?? 60_000,
        ...contentOf(call),
      })
    } catch (error) {
      throw this.connectionProblem(error, signal)
    }
  }

  /** What a broken connection means, even in the middle of a stream. */
  connectionProblem(error: unknown, signal: AbortSignal): Problem {
    if (isProblem(error)) return error
    if (signal.aborted) return interruption(signal)
    this.#api = null
    if (isDenied(error)) return problem('ENGINE_ACCESS_DENIED')
    return problem('ENGINE_UNREACHABLE', { reason: printable(error instanceof Error ? error.message : 'unknown') })
  }

  async #text(answer: EngineAnswer, signal: AbortSignal): Promise<string> {
    const tooLong = () => problem('ENGINE_FAILED', { http_status: answer.statusCode, reason: 'the answer is too long' })
    try {
      return (await bytesUpTo(maxAnswerBytes, answer.body, tooLong)).toString('utf8')
    } catch (error) {
      throw this.connectionProblem(error, signal)
    }
  }
}

const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')

function contentOf({ body, tar }: EngineCall): { headers: Record<string, string>; body: string | Uint8Array | null } {
  if (tar !== undefined) return { headers: { 'content-type': 'application/x-tar' }, body: tar }
  if (body === undefined) return { headers: {}, body: null }
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** The newest version that both sides support. */
export function agreeOnApi(engine: Pick<ApiVersions, 'ApiVersion' | 'MinAPIVersion'>): string {
  if (compareApi(engine.ApiVersion, oldestApi) < 0) {
    throw problem('ENGINE_TOO_OLD', { version: engine.ApiVersion, expected_version: oldestApi })
  }
  const agreed = compareApi(engine.ApiVersion, newestApi) < 0 ? engine.ApiVersion : newestApi
  return compareApi(agreed, engine.MinAPIVersion) < 0 ? engine.MinAPIVersion : agreed
}

/** Versions are two numbers: 1.9 is older than 1.40. */
export function compareApi(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number)
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number)
  return leftMajor - rightMajor || leftMinor - rightMinor
}

function answered(text: string, status: number): unknown {
  const body = parseJson(text)
  if (body === undefined) throw problem('ENGINE_FAILED', { http_status: status, reason: 'the answer is not JSON' })
  return body
}
