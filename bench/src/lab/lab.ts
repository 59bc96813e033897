/** All that both ways of a comparison share: one network, one registry, one secret manager; and new machines, each with a cold engine. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createNetwork, mustRun, type Machine, type TestEngine } from '@fairlead/testkit'
import { startPrivateImage, type PrivateImage } from './private-image.ts'
import { startSecretManager, type SecretManager } from './secret-manager.ts'

const diskBytes = 16 * 1024 ** 3

export interface LabMachine extends AsyncDisposable {
  readonly machine: Machine
  readonly engine: TestEngine
}

export interface Lab extends AsyncDisposable {
  readonly hostAddress: string
  readonly image: PrivateImage
  readonly secrets: SecretManager
  /** Its engine has an empty file system of its own: deleting and pulling again on one makes later pulls slower. */
  readonly newMachine: () => Promise<LabMachine>
  /** The same state before every run: nothing left to write, the registry's files in memory. */
  readonly settle: () => Promise<void>
}

export async function openLab(): Promise<Lab> {
  await using parts = new AsyncDisposableStack()
  const network = parts.use(await createNetwork())
  const image = parts.use(await startPrivateImage(network.hostAddress))
  const secrets = parts.use(await startSecretManager(network.hostAddress, image))
  const whole = parts.move()
  let made = 0
  return {
    hostAddress: network.hostAddress,
    image,
    secrets,
    async newMachine() {
      made += 1
      await using started = new AsyncDisposableStack()
      const machine = started.use(await network.machine(`machine-${made}`))
      await trustRegistry(machine, image)
      const engine = await machine.startEngine({ disk: { kind: 'ext4', bytes: diskBytes } })
      const owned = started.move()
      return { machine, engine, [Symbol.asyncDispose]: () => owned.disposeAsync() }
    },
    async settle() {
      await mustRun('sync', [], { timeoutMs: 300_000 })
      await image.warm()
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

/** Both ways trust the registry's CA by their own file: Docker by `certs.d`, Fairlead by its policy. */
async function trustRegistry(machine: Machine, image: PrivateImage): Promise<void> {
  const certificates = join(machine.dockerEtcDir, 'certs.d', image.registry)
  await mkdir(certificates, { recursive: true })
  await writeFile(join(certificates, 'ca.crt'), image.ca.caPem)
  await writeFile(join(machine.etcDir, 'policy.yaml'), nodePolicy(image), { mode: 0o644 })
}

/** JSON is YAML. */
export function nodePolicy({ registry, realm, ca }: PrivateImage): string {
  return JSON.stringify({
    secret_manager_ca: ca.caFile,
    registry_ca: { [registry]: ca.caFile, [new URL(realm).host]: ca.caFile },
    trusted_realms: [{ registry, realm }],
    containers: { shm_size: '1g' },
    disk_reserve_bytes: 1_000_000_000,
  })
}
