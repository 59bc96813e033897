/** What both sides of a comparison share: one private registry with a Ray image, one secret manager, and new machines, each with a cold engine. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  awsSecrets,
  equip,
  mustRun,
  onNetwork,
  rayVersion,
  realRay,
  startLab,
  startWhole,
  tokenRegistry,
  type Equipment,
  type Equipped,
} from '@fairlead/testkit'

export type Lab = Awaited<ReturnType<typeof openLab>>

export const openLab = () =>
  startWhole(async (parts) => {
    const secretName = 'team/registry-login'
    const secrets = awsSecrets()
    const lab = parts.use(await startLab({ on: onNetwork, registry: tokenRegistry('team/ray'), secrets, secretName }))
    const image = await lab.registry.push('team/ray', await realRay()(), { tag: rayVersion })
    let made = 0
    return {
      ...lab,
      image,
      /** Its engine has an empty file system to itself: deleting and pulling again on the same one makes later pulls slower. */
      async newMachine({ engine, policy = nodePolicy }: Equipment = {}): Promise<Equipped & AsyncDisposable> {
        made += 1
        const equipped = await equip(lab, `machine-${made}`, {
          engine: { disk: { kind: 'ext4', bytes: 16 * 1024 ** 3 }, ...engine },
          policy,
        })
        const { machine } = equipped
        // Both sides trust the registry's CA through a file: Fairlead through its owner's file, Docker through this one.
        const certificates = join(machine.dockerEtcDir, 'certs.d', lab.registry.host)
        await mkdir(certificates, { recursive: true })
        await writeFile(join(certificates, 'ca.crt'), lab.ca.caPem)
        return { ...equipped, [Symbol.asyncDispose]: () => machine.stop() }
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
