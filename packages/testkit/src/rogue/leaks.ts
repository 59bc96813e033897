/** What happened to the login in one case: a sentence for each place that it, or the token it bought, should not have reached. */
import type { Recorder } from '../servers/recorder.ts'
import type { RogueCase } from './rogue-case.ts'
import type { RogueRequest } from './rogue-registry.ts'

export interface Evidence {
  readonly strangers: readonly Recorder[]
  /** All requests to the registry in this case. */
  readonly requests: readonly RogueRequest[]
  readonly secrets: Readonly<Record<string, string>>
}

export function leaksOf(entry: RogueCase, { strangers, requests, secrets }: Evidence): string[] {
  const leaks: string[] = []
  for (const stranger of strangers) {
    for (const [name, secret] of Object.entries(secrets)) {
      for (const form of stranger.heard(secret)) leaks.push(`${stranger.host} heard the ${name}, ${form}`)
    }
    for (const { url, headers } of stranger.requests) {
      if (headers.authorization !== undefined) leaks.push(`${stranger.host} got an Authorization for ${url}`)
      if (headers.cookie !== undefined) leaks.push(`${stranger.host} got a cookie for ${url}`)
    }
    if (stranger.connections > 0 && entry.visitsVillain !== true) leaks.push(`${stranger.host} was connected to`)
  }
  for (const { stage, url, headers } of requests) {
    const scheme = headers.authorization?.split(' ', 1)[0]
    if (scheme !== undefined && entry.beforeLogin === true) leaks.push(`the registry got ${scheme} for ${url}`)
    const isBasicFine = entry.challenge === 'basic' || stage === 'token'
    if (scheme === 'Basic' && !isBasicFine) leaks.push(`the registry got the password for ${url}`)
  }
  return leaks
}
