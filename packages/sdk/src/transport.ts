/** One call to the control plane: authorised, bounded in time and size, retried if that is safe, and its answer parsed. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { Answer } from './answer.ts'
import { maximumAttempts, mayRetryStatus, retryDelay, sleep } from './backoff.ts'
import { connectionProblem } from './connection-problem.ts'
import { readText, type Fetch, type FetchAnswer } from './fetch.ts'
import { parseOrigin } from './origin.ts'
import { parseAnswer } from './parse-answer.ts'

export interface ClientOptions {
  /** `https://HOST[:PORT]`; `http://` on loopback only. */
  readonly host: string
  readonly token?: string | undefined
  /** For a private CA in Node, or a test; defaults to the platform's own. */
  readonly fetch?: Fetch | undefined
  /** For one attempt; 30 s by default. A server that is silent for so long is not asked again. */
  readonly timeoutMs?: number | undefined
  readonly sleep?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** A write whose answer was lost is repeated with the same key, and done once. */
export interface WriteOptions extends CallOptions {
  /** For callers that repeat a write after the process ended; by default each call gets a fresh one. */
  readonly idempotencyKey?: string | undefined
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

const prefix = '/api/v1'
const answerLimit = 16 * 1024 * 1024
const json = { accept: 'application/json' }

export class Transport {
  readonly origin: string
  readonly #token: string | undefined
  readonly #fetch: Fetch
  readonly #timeoutMs: number
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>

  constructor(options: ClientOptions) {
    this.origin = parseOrigin(options.host)
    this.#token = options.token
    this.#fetch = options.fetch ?? ((url, request) => fetch(url, request))
    this.#timeoutMs = options.timeoutMs ?? 30_000
    this.sleep = options.sleep ?? sleep
  }

  async get<Value>(path: string, answer: Answer<Value>, options?: CallOptions): Promise<Value> {
    return this.#read(answer, { method: 'GET', path, headers: json, signal: signalOf(options) })
  }

  async post<Value>(path: string, body: unknown, answer: Answer<Value>, options?: WriteOptions): Promise<Value> {
    // The same key in every attempt, so that a write whose answer was lost is not done twice.
    const key = options?.idempotencyKey ?? crypto.randomUUID()
    const headers = { ...json, 'content-type': 'application/json', 'idempotency-key': key }
    return this.#read(answer, { method: 'POST', path, headers, body: JSON.stringify(body), signal: signalOf(options) })
  }

  async delete(path: string, options?: CallOptions): Promise<void> {
    await this.#call({ method: 'DELETE', path, headers: json, signal: signalOf(options) })
  }

  /** A stream for the caller to read; one attempt, no deadline. */
  async open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<FetchAnswer> {
    const answer = await this.#send({ method: 'GET', path, headers, signal })
    if (answer.status === 200) return answer
    throw await this.#served(answer.status, parseAnswer(await readText(answer.body, answerLimit)))
  }

  async #call(call: Call): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(call)
      if (outcome.ok) return outcome.body
      if (!outcome.again || attempt === maximumAttempts) throw outcome.problem
      await this.sleep(retryDelay(attempt, outcome.retryAfter), call.signal)
    }
  }

  async #attempt(call: Call): Promise<Outcome> {
    const deadline = AbortSignal.any([call.signal, AbortSignal.timeout(this.#timeoutMs)])
    let answer: FetchAnswer
    let text: string | null
    try {
      answer = await this.#send({ ...call, signal: deadline })
      text = await readText(answer.body, answerLimit)
    } catch (error) {
      call.signal.throwIfAborted()
      const found = connectionProblem(this.#address, error)
      return { ok: false, problem: found, again: found.row.retry && !deadline.aborted, retryAfter: null }
    }
    const parsed = parseAnswer(text)
    if (answer.status >= 200 && answer.status < 300) return { ok: true, body: parsed }
    return {
      ok: false,
      problem: await this.#served(answer.status, parsed),
      again: mayRetryStatus(answer.status),
      retryAfter: answer.headers.get('retry-after'),
    }
  }

  async #send({ path, headers, ...request }: Call): Promise<FetchAnswer> {
    request.signal.throwIfAborted()
    return this.#fetch(`${this.origin}${prefix}${path}`, {
      ...request,
      headers: { ...headers, ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }) },
      // A redirect would carry the token to wherever it points.
      redirect: 'manual',
    })
  }

  async #served(status: number, body: unknown): Promise<Problem> {
    const { readProblem } = await import('./read-problem.ts')
    const told = readProblem(body)
    if (told !== null) return told
    // A proxy in front may answer instead: these describe the path, not the control plane.
    if (!mayRetryStatus(status)) return this.#notInTheApi()
    return problem('CONTROL_PLANE_UNAVAILABLE', { host: this.#address, http_status: status })
  }

  async #read<Value>(answer: Answer<Value>, call: Call): Promise<Value> {
    const [body, schema] = await Promise.all([this.#call(call), answer()])
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw this.#notInTheApi()
    return parsed.data
  }

  #notInTheApi(): Problem {
    return problem('CONTROL_PLANE_ANSWER_INVALID', { host: this.#address })
  }

  get #address(): string {
    return this.origin.slice(this.origin.indexOf('//') + 2)
  }
}

type Outcome =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly problem: Problem; readonly again: boolean; readonly retryAfter: string | null }

const never = new AbortController().signal

export function signalOf(options: CallOptions | undefined): AbortSignal {
  return options?.signal ?? never
}

/** A path with its query; undefined values are omitted. */
export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value))
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`
}
