/** What both sides of a comparison share: one private registry with a Ray image, one secret manager, and new machines, each with a cold engine. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  awsSecrets,
  equip,
  mustRun,
  onNetwork,
  overFarLink,
  prepare,
  rayVersion,
  realRay,
  startContainerd,
  startLab,
  startWhole,
  tokenRegistry,
  type ContainerdOptions,
  type Equipment,
  type Equipped,
  type FarLink,
  type Ground,
  type ImageMaker,
  type Machine,
  type PrivateRegistry,
  type Registry,
  type SecretManager,
} from '@fairlead/testkit'

export type Lab = Awaited<ReturnType<typeof openLab>>

export const nearRegistry = tokenRegistry('team/ray')

export const farLink: FarLink = { roundTripMs: 50, bytesPerSecond: 30_000_000 }

export const farRegistry = overFarLink(nearRegistry, farLink)

export type LabRegistry = (ground: Ground) => Promise<Registry & PrivateRegistry>

/** Its own empty file system: deleting and pulling again on the same one makes later pulls slower. */
const disk = { kind: 'ext4', bytes: 16 * 1024 ** 3 } as const

export interface LabOptions {
  readonly registry?: LabRegistry
  readonly image?: ImageMaker
  /** AWS when absent. */
  readonly secrets?: (ground: Ground) => Promise<SecretManager>
  readonly secretName?: string
}

export const openLab = ({
  registry = nearRegistry,
  image = realRay(),
  secrets = awsSecrets(),
  secretName = 'team/registry-login',
}: LabOptions = {}) =>
  startWhole(async (parts) => {
    const lab = parts.use(await startLab({ on: onNetwork, registry, secrets, secretName }))
    const pushed = await lab.registry.push('team/ray', await image(), { tag: rayVersion })
    let made = 0
    const nextName = (): string => {
      made += 1
      return `machine-${made}`
    }
    // Both sides trust the registry's CA through a file: Fairlead through its owner's file, engines through this one.
    const trustRegistry = async ({ dockerEtcDir }: Machine): Promise<void> => {
      const certificates = join(dockerEtcDir, 'certs.d', lab.registry.host)
      await mkdir(certificates, { recursive: true })
      await writeFile(join(certificates, 'ca.crt'), lab.ca.caPem)
    }
    return {
      ...lab,
      image: pushed,
      async newMachine({ engine, containerd, policy = nodePolicy }: Equipment = {}): Promise<
        Equipped & AsyncDisposable
      > {
        const images =
          containerd === undefined ? { engine: { disk, ...engine } } : { engine, containerd: { disk, ...containerd } }
        const equipped = await equip(lab, nextName(), { ...images, policy })
        await trustRegistry(equipped.machine)
        return { ...equipped, [Symbol.asyncDispose]: () => equipped.machine.stop() }
      },
      async newContainerd(options: ContainerdOptions, policy: object = nodePolicy) {
        const machine = await prepare(lab, nextName(), { policy })
        await trustRegistry(machine)
        const containerd = await startContainerd(machine, { disk, ...options })
        return {
          machine,
          // In this order: what containerd used counts until it has ended, not in the next run.
          async [Symbol.asyncDispose]() {
            await containerd[Symbol.asyncDispose]()
            await machine.stop()
          },
        }
      },
      /** The same state before every run: nothing left to write, the registry's files in memory. */
      async settle(): Promise<void> {
        await mustRun('sync', [], { timeoutMs: 300_000 })
        await readAll(join(lab.registry.dir, 'images'))
      },
    }
  })

export const nodePolicy = { containers: { shm_size: '1g' }, disk_reserve_bytes: 1_000_000_000 }

async function readAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await readFile(join(entry.parentPath, entry.name))
  }
}
