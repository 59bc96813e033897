/**
 * Asks over one kept connection, as a browser or an SDK does; and then as often while a second one asks /healthz without a pause: what that
 * one waits is what the event loop was blocked. It keeps the server and the asker busy, so only the answers before it count.
 */
import { Agent, request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'

export interface Timed {
  readonly ms: readonly number[]
  /** Of every /healthz that was asked while the path was asked again. */
  readonly healthzMs: readonly number[]
}

interface Answer {
  readonly ms: number
  readonly status: number
}

/** A connection that stays open. */
class Connection implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #origin: string
  readonly #headers: Readonly<Record<string, string>>

  constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.#origin = origin
    this.#headers = headers
  }

  async get(path: string): Promise<Answer> {
    const began = performance.now()
    const sent = request(`${this.#origin}${path}`, { agent: this.#agent, headers: this.#headers })
    sent.end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    // A stream of events does not end: its reader has been away, and waits for the first one that it missed.
    for await (const chunk of answer) if (isStream(answer) && String(chunk).includes('event: ')) break
    return { ms: performance.now() - began, status: answer.statusCode ?? 0 }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

const isStream = ({ headers }: IncomingMessage): boolean => headers['content-type'] === 'text/event-stream'

const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  'accept-encoding': 'gzip, deflate, br',
  // Read by the stream of events only: from the first one.
  'last-event-id': '0',
})

/** A refusal would be quick, and not what is measured. */
export async function requireAnswers(origin: string, token: string, paths: readonly string[]): Promise<void> {
  using asker = new Connection(origin, headersOf(token))
  const refused: string[] = []
  for (const path of paths) {
    const { status } = await asker.get(path)
    if (status !== 200) refused.push(`GET ${path} answered ${status}`)
  }
  if (refused.length > 0) throw new Error(refused.join('\n'))
}

export async function ask(origin: string, token: string, path: string, times: number): Promise<Timed> {
  using asker = new Connection(origin, headersOf(token))
  using watcher = new Connection(origin, {})
  await asker.get(path)
  const ms: number[] = []
  while (ms.length < times) ms.push((await asker.get(path)).ms)
  const healthzMs: number[] = []
  const again = new AbortController()
  const watched = (async () => {
    while (!again.signal.aborted) healthzMs.push((await watcher.get('/healthz')).ms)
  })()
  for (let asked = 0; asked < times; asked += 1) await asker.get(path)
  again.abort()
  await watched
  return { ms, healthzMs }
}
