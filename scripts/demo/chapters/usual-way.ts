/** (a) The usual way: `docker login` and pull, and where the password is afterwards. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '@fairlead/testkit'
import { TaskBoard } from '../../setup/task-board.mjs'
import { mask, type Narrator } from '../narrator.ts'
import type { Stage } from '../stage.ts'

export async function theUsualWay(stage: Stage, image: string, narrator: Narrator): Promise<void> {
  const { laptop, registry, login } = stage
  const { host } = registry
  narrator.chapter('a. The usual way: docker login')
  narrator.say(
    `The image is in a private registry. On a separate machine, somebody logs in and pulls, as on every machine that should run it.`,
  )
  narrator.command(laptop.name, `docker login ${host} -u ${login.username} --password-stdin < password.txt`)
  const loggedIn = await laptop.mustExec('docker', ['login', host, '-u', login.username, '--password-stdin'], {
    input: login.password,
  })
  narrator.output(loggedIn)
  narrator.command(laptop.name, `docker pull ${image}`)
  await new TaskBoard().run('docker pull', () =>
    laptop.mustExec('docker', ['pull', '-q', image], { timeoutMs: 30 * 60_000 }),
  )
  await showConfigFile(laptop, stage, narrator)

  narrator.say(
    `Now somebody takes over the registry's address: a DNS entry, a proxy, an expired domain. The registry that answers says: get your token at ${registry.realm}.`,
  )
  await registry.takeOver()
  narrator.command(laptop.name, `docker pull ${image}`)
  const pull = await laptop.exec('docker', ['pull', '-q', image])
  narrator.output(`${pull.stdout}${pull.stderr}`)
  const caught = registry.villain.requests.find((request) => request.login?.password === login.password)
  narrator.line('')
  narrator.line("  what the villain's server wrote down:")
  if (caught !== undefined) {
    narrator.output(`${caught.method} ${caught.url.slice(0, 70)}`)
    narrator.output(`authorization: Basic …   which is  ${login.username}:${mask(login.password)}`)
  }
  narrator.expect(caught !== undefined, 'bad', 'Docker sent the password to a host that the registry merely named.')
  await registry.giveBack()
}

async function showConfigFile(laptop: Machine, stage: Stage, narrator: Narrator): Promise<void> {
  const { login, registry } = stage
  narrator.command(laptop.name, 'cat ~/.docker/config.json')
  const config = JSON.parse(await readFile(join(laptop.homeDir, '.docker', 'config.json'), 'utf8')) as {
    auths?: Record<string, { auth?: string }>
  }
  const auth = config.auths?.[registry.host]?.auth ?? ''
  narrator.output(JSON.stringify({ auths: { [registry.host]: { auth: mask(auth) } } }))
  const decoded = Buffer.from(auth, 'base64').toString('utf8')
  narrator.expect(
    decoded === `${login.username}:${login.password}`,
    'bad',
    `The password is on disk, in base64, which anybody can decode: ${login.username}:${mask(login.password)}`,
  )
}
