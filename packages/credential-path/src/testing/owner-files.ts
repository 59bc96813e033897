/** The owner's files in `/etc/fairlead` on a test machine: a policy, local secrets, and the authority of the registries there. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '@fairlead/testkit'

export interface OwnersPolicy {
  /** `host:port` of all that are certified by the authority in these files. */
  readonly trusted: readonly string[]
  /** Further content of the policy. */
  readonly policy?: object
  /** The policy's name in `/etc/fairlead`. */
  readonly name?: string
}

export interface OwnerFiles extends OwnersPolicy {
  readonly caPem: string
}

export async function writeOwnerFiles(machine: Machine, { caPem, ...policy }: OwnerFiles): Promise<void> {
  await mkdir(join(machine.etcDir, 'secrets'), { mode: 0o700 })
  await writeFile(join(machine.etcDir, 'ca.pem'), caPem)
  await writePolicy(machine, policy)
}

/** As JSON, which is also YAML. */
export async function writePolicy(
  machine: Machine,
  { trusted, policy, name = 'policy.yaml' }: OwnersPolicy,
): Promise<void> {
  const registry_ca = Object.fromEntries(trusted.map((host) => [host, '/etc/fairlead/ca.pem']))
  const whole = { registry_ca, disk_reserve_bytes: 0, ...policy }
  await writeFile(join(machine.etcDir, name), JSON.stringify(whole))
}

export const keepSecret = (machine: Machine, name: string, document: object): Promise<void> =>
  writeFile(join(machine.etcDir, 'secrets', name), JSON.stringify(document), { mode: 0o600 })
