/** When an engine's first container began to run, by the engine's own clock. */
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'

export interface ContainerWatch {
  /** Waits for the first container and returns its start in Unix milliseconds. */
  readonly firstStart: () => Promise<number>
}

/** Containers that start after this returns are not missed. */
export async function watchContainers(socketPath: string, signal: AbortSignal): Promise<ContainerWatch> {
  const filters = JSON.stringify({ type: ['container'], event: ['start'] })
  const events = await get(socketPath, `/events?filters=${encodeURIComponent(filters)}`, signal)
  return { firstStart: () => firstStart(socketPath, events, signal) }
}

export async function startedAt(socketPath: string, container: string, signal: AbortSignal): Promise<number> {
  const answer = await get(socketPath, `/containers/${container}/json`, signal)
  const inspected = JSON.parse(await text(answer)) as { State?: { StartedAt?: string } }
  return Date.parse(inspected.State?.StartedAt ?? '')
}

async function firstStart(socketPath: string, events: IncomingMessage, signal: AbortSignal): Promise<number> {
  let seen = ''
  for await (const chunk of events.setEncoding('utf8')) {
    seen += String(chunk)
    const end = seen.indexOf('\n')
    if (end === -1) continue
    const { Actor } = JSON.parse(seen.slice(0, end)) as { readonly Actor: { readonly ID: string } }
    return startedAt(socketPath, Actor.ID, signal)
  }
  throw new Error('The engine ended before a container was started')
}

async function get(socketPath: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const sent = request({ socketPath, path, signal })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  if (answer.statusCode === 200) return answer
  throw new Error(`The engine answered ${path} with ${answer.statusCode}: ${await text(answer)}`)
}

async function text(answer: IncomingMessage): Promise<string> {
  let read = ''
  for await (const chunk of answer.setEncoding('utf8')) read += String(chunk)
  return read
}
