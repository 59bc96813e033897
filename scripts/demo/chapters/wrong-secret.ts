/** (c) A secret for another registry: nothing is sent, one sentence says why, then the fix, and green. */
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
  const before = await loginsSeen(registry.logFile)
  const status = await fairlead.type('cluster-env', 'build', '-n', 'colleague', file)
  narrator.expect(status === 3, 'good', 'The build failed with one sentence and one fix.')
  const sent = (await loginsSeen(registry.logFile)) - before
  narrator.expect(sent === 0, 'good', `The registry's log shows ${sent} requests since: nothing was sent to it at all.`)

  narrator.say('The fix here: name the secret for this registry.')
  await writeEnvironment(played, 'colleague.yaml', image, rayVersion, names.secret)
  const fixed = await fairlead.type('cluster-env', 'build', '-n', 'colleague', file)
  narrator.expect(fixed === 0, 'good', 'Green: revision 2 of the same environment.')
}

/** Requests that reached the registry, according to its access log. */
async function loginsSeen(logFile: string): Promise<number> {
  return (await readFile(logFile, 'utf8')).split('\n').filter((line) => / "(GET|HEAD|POST) \/v2\//.test(line)).length
}
