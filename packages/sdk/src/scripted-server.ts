/** A control plane for tests: gives scripted answers in order, and records the requests. */
import type { Fetch, FetchRequest } from './fetch.ts'
import { FairleadClient } from './client.ts'

export interface Sent extends FetchRequest {
  readonly url: string
}

export interface ScriptedAnswer {
  readonly status?: number
  readonly json?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Thrown instead of an answer. */
  readonly failure?: Error
}

export interface ScriptedServer {
  readonly fetch: Fetch
  readonly sent: Sent[]
  readonly waits: number[]
  readonly client: FairleadClient
}

/** `answer` is used once per call; a list is used up in order. */
export function scriptedServer(script: readonly ScriptedAnswer[] | ((sent: Sent) => ScriptedAnswer)): ScriptedServer {
  const sent: Sent[] = []
  const waits: number[] = []
  const rest = typeof script === 'function' ? null : [...script]
  const fetch: Fetch = async (url, request) => {
    const call = { url, ...request }
    sent.push(call)
    request.signal.throwIfAborted()
    const answer = typeof script === 'function' ? script(call) : rest?.shift()
    if (answer === undefined) throw new TypeError('the script is over')
    if (answer.failure) throw answer.failure
    const body = answer.text ?? (answer.json === undefined ? null : JSON.stringify(answer.json))
    return new Response(body, { status: answer.status ?? 200, headers: answer.headers ?? {} })
  }
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds)
  }
  const client = new FairleadClient({ host: 'https://fairlead.example.com', token: 'flt_canary', fetch, sleep })
  return { fetch, sent, waits, client }
}
