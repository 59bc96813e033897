/** (d) Somebody else's program pulls by itself: a door, a plain pull without a login, and two pulls that are refused. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fairleadProgram, makeImage, pushImage, type CommandResult } from '@fairlead/testkit'
import type { DemoNode } from '../nodes.ts'
import { names } from '../settings.ts'
import type { Played } from './with-fairlead.ts'

export async function openDoor({ stage, narrator }: Played, rayImage: string, { machine }: DemoNode): Promise<void> {
  const { registry, login } = stage
  const { host } = registry
  narrator.chapter('d. A plain pull, and no login')
  narrator.say(
    `Not only Ray needs private images. podman is a separate engine on ${machine.name}. The owner opens a door: from then on, podman asks the agent for this registry. (Docker 29, containerd, buildah, skopeo and CRI-O do, too.)`,
  )
  const origin = `https://${stage.network.hostAddress}:${registry.port}`
  const tool = await makeImage({ config: { Cmd: ['true'] } })
  await pushImage({ url: origin, caPem: stage.ca.caPem }, names.toolRepository, names.tag, tool, login)
  const image = `${host}/${names.toolRepository}:${names.tag}`
  await placeImages(machine)

  const type = async (shown: string, command: string, args: string[]): Promise<CommandResult> => {
    narrator.command(machine.name, shown)
    const result = await machine.exec(command, args, { env: { NO_COLOR: '1' } })
    narrator.output(`${result.stdout}${result.stderr}`)
    return result
  }
  const fairlead = (...args: string[]) =>
    type(`fairlead ${args.join(' ')}`, process.execPath, [fairleadProgram, ...args])
  const pull = (wanted: string) => type(`podman pull ${wanted}`, 'podman', ['pull', '--quiet', wanted])

  const opened = await fairlead('door', 'open', `${host}=${names.secret}`, '--engine', 'podman', '--allow')
  narrator.expect(
    opened.status === 0,
    'good',
    'podman was asked for a name that only the agent can answer, and had it.',
  )
  const pulled = await pull(image)
  narrator.expect(pulled.status === 0, 'good', 'A plain pull of a private image. Nobody has logged in.')
  const asked = await type(`podman login --get-login ${host}`, 'podman', ['login', '--get-login', host])
  narrator.expect(asked.status !== 0, 'good', 'podman knows no login. Chapter e searches its files for the password.')

  narrator.say('The villain takes over the registry’s address, and somebody pulls the image of chapter a:')
  await registry.takeOver()
  const atVillain = await pull(rayImage)
  const impostor = registry.impostor
  narrator.expect(
    atVillain.status !== 0 && atVillain.stderr.includes('TOKEN_REALM_NOT_TRUSTED'),
    'good',
    'podman prints the reason and the fix.',
  )
  narrator.expect(
    registry.villain.requests.length === 0 && impostor?.saw(login.password) === false,
    'good',
    'Docker sent the password there in chapter a. This time, nothing was sent.',
  )
  await registry.giveBack()

  narrator.say('And a door with the secret of another registry, the one of chapter c:')
  await fairlead('door', 'open', `${host}/other=${names.otherSecret}`, '--engine', 'podman')
  const mismatched = await pull(`${host}/other/tool:${names.tag}`)
  narrator.expect(
    mismatched.status !== 0 && mismatched.stderr.includes('CREDENTIAL_SERVER_MISMATCH'),
    'good',
    'The login of the other registry was not used.',
  )
}

/** podman as Debian installs it, but for the place of its images: a demo machine has none that takes podman's usual layers. */
async function placeImages({ dir, holderPid }: DemoNode['machine']): Promise<void> {
  const folder = join(dir, 'podman')
  await mkdir(folder)
  await writeFile(
    `/proc/${holderPid}/root/etc/containers/storage.conf`,
    `[storage]\ndriver = "vfs"\nrunroot = "/run/containers"\ngraphroot = "${folder}"\n`,
  )
}
