/**
 * Whether an engine asks the door: it must pull a name that only this node's agent can answer, and its own words are searched for that
 * answer. Pure.
 */
import { createHmac, randomBytes } from 'node:crypto'

/** In every registry; no image is there. */
export const probeRepository = 'fairlead/probe'

/** Never the same twice, so that no answer can be known before. */
export const newNonce = (): string => randomBytes(16).toString('hex')

export const isNonce = (tag: string): boolean => /^[0-9a-f]{32}$/.test(tag)

export const probeImage = (host: string, nonce: string): string => `${host}/${probeRepository}:${nonce}`

/** `key`: the bytes of the file with the engine's private key, which only root can read. */
export function proofOf(key: Uint8Array, nonce: string): string {
  return createHmac('sha256', key).update(nonce).digest('hex').slice(0, 32)
}

/**
 * `answered`: the agent answered, through the engine. `unanswered`: the engine tried the door, or nothing at all. `bypassed`: anything else,
 * since words that do not show the door may come from anywhere.
 */
export type ProbeVerdict = 'answered' | 'unanswered' | 'bypassed'

/** `words`: what the engine said of the pull, which fails in any case. */
export function judgeProbe(words: string, { proof, port }: { proof: string; port: number }): ProbeVerdict {
  if (words.includes(proof)) return 'answered'
  return new RegExp(`\\b127\\.0\\.0\\.1:${port}\\b`).test(words) ? 'unanswered' : 'bypassed'
}
