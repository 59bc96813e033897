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
 * `answered`: the agent answered, through the engine. `unanswered`: the engine tried the door, and got nothing. `bypassed`: it asked somebody
 * else, or pulled something that the agent did not give. `failed`: its own words blame the engine itself, or nobody.
 */
export type Judged =
  | { readonly verdict: 'answered' | 'unanswered' | 'bypassed' }
  | { readonly verdict: 'failed'; readonly cause: EngineFailure }

/** Why an engine failed, in our words: its own may contain anything. */
export type EngineFailure = keyof typeof failureWords

export const failureWords = {
  no_room: 'its disk is full',
  read_only: 'a file system that it writes to is read-only',
  keys: 'it cannot read its keys, which the agent keeps for root',
  not_allowed: 'it may not use a file or a system call that it needs',
  configuration: 'it cannot read its own configuration',
  storage: 'its storage of images does not work',
  timeout: 'it did not finish in time',
  unknown: 'it says neither that it asked the door nor that it asked another server',
} as const

/** In this order: a reason that names the disk is more to the point than one that names the storage on it. */
const ownFailures: readonly (readonly [EngineFailure, RegExp])[] = [
  ['no_room', /no space left on device|disk quota exceeded/],
  ['read_only', /read-only file system/],
  [
    'not_allowed',
    /(?:open|stat|lstat|mkdir|read|readlink|write|chown|mount|unlinkat|fork\/exec) [^:]*: (?:permission denied|operation not permitted)/,
  ],
  ['configuration', /policy\.json|registries\.conf|storage\.conf|hosts\.toml|\btoml:/],
  ['storage', /snapshotter|graph ?driver|storage driver|\boverlay\b|database is locked|containers\/storage|meta\.db/],
  ['timeout', /context deadline exceeded|timed out/],
]

/** A network, a certificate, or what registries answer: only a server other than the door can have caused it. */
const elsewhere =
  /https?:\/\/|\bdial (?:tcp|udp)\b|\blookup \S|\bx509: |\btls: |unauthorized|authenticat|authoriz|denied: |access denied|manifest unknown|name unknown|toomanyrequests|status code|(?<!file or directory )(?<!file )not found|does not exist/i

export interface ProbedAt {
  readonly proof: string
  readonly port: number
  /** The folder of the door's keys. */
  readonly keyFolder: string
}

/** `words`: what the engine said of the pull; none if it pulled something. */
export function judgeProbe(words: string, { proof, port, keyFolder }: ProbedAt): Judged {
  if (words.includes(proof)) return { verdict: 'answered' }
  if (new RegExp(`\\b127\\.0\\.0\\.1:${port}\\b`).test(words)) return { verdict: 'unanswered' }
  if (words.trim() === '') return { verdict: 'bypassed' }
  if (words.includes(`${keyFolder}/`)) return { verdict: 'failed', cause: 'keys' }
  if (elsewhere.test(words)) return { verdict: 'bypassed' }
  return { verdict: 'failed', cause: ownFailures.find(([, said]) => said.test(words))?.[0] ?? 'unknown' }
}
