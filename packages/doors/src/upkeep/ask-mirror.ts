/** Asks the agent's mirror as an engine would, without the engine: does it run, and does it know the door? */
import { readFile } from 'node:fs/promises'
import { request, type RequestOptions } from 'node:https'
import type { DoorEngine } from '@fairlead/contract/wire'
import { bytesUpTo } from '@fairlead/credential-path/process/bytes-up-to'
import { responseTo } from '@fairlead/credential-path/process/response-to'
import { keysOf, segmentOf, type MirrorPlace } from '../engines/mirror-place.ts'
import { newNonce, probeRepository, proofOf } from './probe.ts'

export interface MirrorQuestion {
  readonly registry: string
  readonly engine: DoorEngine
  readonly mirror: MirrorPlace
}

export const askedWithinSeconds = 5
const largest = 64 * 1024

/** False if nothing answers, or something that does not have the engine's key. */
export async function askMirror({ registry, engine, mirror }: MirrorQuestion, signal: AbortSignal): Promise<boolean> {
  const nonce = newNonce()
  const paths = keysOf(engine, mirror.stateDir)
  try {
    const [ca, cert, key] = await Promise.all([paths.ca, paths.certificate, paths.key].map((path) => readFile(path)))
    const options = { host: '127.0.0.1', port: mirror.port, ca, cert, key, agent: false } as const
    const path = `/v2/${segmentOf(registry)}/${probeRepository}/manifests/${nonce}`
    const answer = await get({
      ...options,
      path,
      signal: AbortSignal.any([signal, AbortSignal.timeout(askedWithinSeconds * 1000)]),
    })
    return key !== undefined && answer.includes(proofOf(key, nonce))
  } catch (error) {
    signal.throwIfAborted()
    // No keys yet, no connection, or no trust in who answers.
    if (error instanceof Error) return false
    throw error
  }
}

async function get(options: RequestOptions): Promise<string> {
  const response = await responseTo(request(options).end())
  return (await bytesUpTo(largest, response, () => new Error('too long'))).toString('utf8')
}
