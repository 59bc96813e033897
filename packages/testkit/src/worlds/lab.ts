/**
 * A private registry, and the secret manager that holds its login: what every story needs, with or without a control plane. A kind of registry
 * or of secret manager is a function of the ground, and the lab has whatever that function returns.
 */
import { allEnded } from '../all-ended.ts'
import type { TestNetwork } from '../machines/network.ts'
import { layGround, type Ground, type GroundOptions } from './ground.ts'
import type { SecretManager } from './secret-managers.ts'
import { startWhole } from './start-whole.ts'

export interface LabOptions<Registry, Secrets, Network extends TestNetwork | null> extends GroundOptions<Network> {
  readonly registry: (ground: Ground<Network>) => Promise<Registry>
  readonly secrets: (ground: Ground<Network>) => Promise<Secrets>
}

export interface Lab<Registry, Secrets, Network extends TestNetwork | null> extends Ground<Network>, AsyncDisposable {
  readonly registry: Registry
  readonly secrets: Secrets
}

export async function startLab<
  Registry extends { readonly host: string },
  Secrets extends SecretManager,
  Network extends TestNetwork | null,
>(options: LabOptions<Registry, Secrets, Network>): Promise<Lab<Registry, Secrets, Network>> {
  return startWhole(async (parts) => {
    const ground = await layGround(options, parts)
    const [registry, secrets] = await allEnded([options.registry(ground), options.secrets(ground)])
    await secrets.put(ground.secretName, { ...ground.login, server: registry.host })
    return { ...ground, registry, secrets }
  })
}
