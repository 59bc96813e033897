/** The image of the demo: made by setup, or given by the user. */
import { join } from 'node:path'
import {
  ensureRayImage,
  mustRun,
  ociImageFromDir,
  pushImage,
  rayVersion,
  runCommand,
  type Login,
  type Machine,
  type RegistryTarget,
} from '@fairlead/testkit'
import type { DemoOptions } from './options.mjs'
import { names } from './settings.ts'

type Tell = (fraction: number) => void

export interface Publication {
  /** The value the user gave with `--image`. */
  image: DemoOptions['image']
  /** The private registry as this machine reaches it. */
  registry: RegistryTarget
  /** The registry's `host:port` in image names. */
  host: string
  login: Login
  /** A machine with an engine, for an image that exists only in Docker. */
  laptop: Machine
}

/** Pushes the image to the private registry; returns its name there. */
export async function publishImage(publication: Publication, tell: Tell): Promise<string> {
  const reference = `${publication.host}/${names.repository}:${names.tag}`
  const { image } = publication
  if (image !== null && 'docker' in image) {
    await publishFromDocker(image.docker, reference, publication)
    return reference
  }
  const layout =
    image?.layout ??
    (await ensureRayImage({
      rayVersion,
      onProgress: (fraction) => tell(fraction * 0.8),
    }))
  await pushImage(publication.registry, names.repository, names.tag, await ociImageFromDir(layout), publication.login, {
    onProgress: (done, total) => tell(0.8 + (0.2 * done) / total),
  })
  return reference
}

/** An image from this machine's Docker goes through the laptop's engine. */
async function publishFromDocker(image: string, reference: string, publication: Publication): Promise<void> {
  const { laptop, host, login } = publication
  const archive = join(laptop.dir, 'image.tar')
  const known = await runCommand('docker', ['image', 'inspect', image])
  if (known.status !== 0) await mustRun('docker', ['pull', '-q', image], slow)
  await mustRun('docker', ['save', '-o', archive, image], slow)
  await laptop.mustExec('docker', ['load', '-q', '-i', archive], slow)
  await laptop.mustExec('docker', ['tag', image, reference])
  const { username, password } = login
  await laptop.mustExec('docker', ['login', host, '-u', username, '--password-stdin'], { input: password })
  await laptop.mustExec('docker', ['push', '-q', reference], slow)
  await laptop.mustExec('docker', ['logout', host])
  await laptop.mustExec('docker', ['image', 'rm', image, reference])
}

const slow = { timeoutMs: 30 * 60_000 }

/** The Ray version in an image on a machine. */
export async function rayVersionIn(reference: string, machine: Machine): Promise<string> {
  const said = await machine.mustExec('docker', ['run', '--rm', '--network', 'none', reference, 'ray', '--version'])
  const version = /version (\d+\.\d+\.\d+\S*)/.exec(said)?.[1]
  if (version === undefined) throw new Error(`${reference} does not tell its version of Ray: ${said}`)
  return version
}
