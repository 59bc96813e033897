/** Answers Docker's `get`: the login of one registry, or why there is none. Docker sends a helper only the registry, never the image. */
import { parseRegistryHost } from '@fairlead/contract/names'
import type { AnsweredDoor, AnswerParts, DoorAnswer } from '../door.ts'
import { loginForEngine, wholeRegistry } from '../engine-login.ts'
import { entryForRegistry } from '../login-map.ts'
import { hostIn, noServer, notFound, serverIn } from './helper-protocol.ts'

export async function answerGet(
  input: string,
  { maps, openLogins }: Pick<AnswerParts, 'maps' | 'openLogins'>,
  signal: AbortSignal,
): Promise<AnsweredDoor> {
  const server = serverIn(input)
  const host = hostIn(server)
  const registry = parseRegistryHost(host)
  const entry = registry && maps.map((map) => entryForRegistry(map, registry.key)).find((found) => found !== null)
  if (!entry) {
    return {
      answer: failed(server === '' ? noServer : notFound),
      decision: { decision: 'not_mapped', secret: null, version: null },
    }
  }
  const found = await loginForEngine(wholeRegistry(host), entry, await openLogins(), signal)
  if (found === null) {
    const why = `fairlead: ${entry.name} lets everybody in, so no login was given\n`
    const decision = { decision: 'not_needed', secret: entry.secret, version: null } as const
    return { answer: { ...failed(notFound), stderr: why }, decision }
  }
  const { username, password } = found.login
  const stdout = username.spend((user) =>
    password.spend((secret) => `${JSON.stringify({ ServerURL: server, Username: user, Secret: secret })}\n`),
  )
  return {
    answer: { stdout, stderr: '', status: 0 },
    decision: { decision: 'answered', secret: entry.secret, version: found.version },
  }
}

function failed(text: string): DoorAnswer {
  return { stdout: `${text}\n`, stderr: '', status: 1 }
}
