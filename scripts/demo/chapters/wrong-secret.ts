/** (c) A secret for another registry: no login is sent, one sentence says why, then the fix, and green. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { mayRead } from '@fairlead/testkit'
import { names } from '../settings.ts'
import { succeed, writeEnvironment, type Played } from './with-fairlead.ts'

export async function theWrongSecret(played: Played, image: string, rayVersion: string): Promise<void> {
  const { stage, fairlead, narrator } = played
  const { secrets, registry } = stage
  narrator.chapter('c. A secret for another registry')
  narrator.say(
    `A colleague names ${names.otherSecret}, whose server field says ${names.otherRegistry}. With docker login, this would send a password to the wrong company.`,
  )
  const other = { username: 'robot', password: `other-${randomBytes(15).toString('base64url')}` }
  await secrets.put(names.otherSecret, { ...other, server: names.otherRegistry })
  secrets.front.setPolicy(mayRead(names.secret, names.otherSecret))
  await succeed(fairlead, 'cloud', 'grant', names.otherSecret, '--registry', registry.host)
  const file = await writeEnvironment(played, 'colleague.yaml', image, rayVersion, names.otherSecret)
  const before = await requestsSeen(registry.logFile)
  const status = await fairlead.type('cluster-env', 'build', '-n', 'colleague', file)
  narrator.expect(status === 3, 'good', 'The build failed with one sentence and one fix.')
  const since = (await requestsSeen(registry.logFile)).slice(before.length)
  const isOnlyAsked = since.every((line) => line.includes(' "GET /v2/ HTTP/1.1" 401 '))
  const seen = since.length === 0 ? 'no request since' : 'only the question how to log in, which carries no login'
  narrator.expect(isOnlyAsked, 'good', `The registry's log shows ${seen}.`)

  narrator.say('The fix here: name the secret for this registry.')
  await writeEnvironment(played, 'colleague.yaml', image, rayVersion, names.secret)
  const fixed = await fairlead.type('cluster-env', 'build', '-n', 'colleague', file)
  narrator.expect(fixed === 0, 'good', 'Green: revision 2 of the same environment.')
}

/** Requests that reached the registry, according to its access log. */
async function requestsSeen(logFile: string): Promise<readonly string[]> {
  return (await readFile(logFile, 'utf8')).split('\n').filter((line) => / "(GET|HEAD|POST) \/v2\//.test(line))
}
