/** Opens what a door needs on this machine, without an agent. What one provider needs is loaded only where a map names it. */
import { problem, type Provider } from '@fairlead/contract'
import type { NodePolicy } from '../policy/node-policy.ts'
import { readNodePolicy } from '../policy/read-node-policy.ts'
import { openEngineLoginCheck } from '../registry/engine-login-check.ts'
import type { LoginParts, ProviderSecrets } from './find-login.ts'
import type { Places } from './places.ts'

export async function openLoginParts(
  places: Pick<Places, 'policyFile' | 'secretsDir'>,
): Promise<LoginParts & AsyncDisposable> {
  const policy = await readNodePolicy(places.policyFile)
  const registries = openEngineLoginCheck(policy)
  return {
    policy,
    registries,
    secretsOf: (provider, signal) => openers[provider](places.secretsDir, policy, signal),
    [Symbol.asyncDispose]: () => registries[Symbol.asyncDispose](),
  }
}

type Opener = (secretsDir: string, policy: NodePolicy, signal: AbortSignal) => Promise<ProviderSecrets>

const openers: Record<Provider, Opener> = {
  aws: async (_, policy, signal) => {
    const { awsSecretReader } = await import('../secrets/aws.ts')
    const context = await (policy.allowed_secrets === null ? regionAlone(signal) : identity(signal))
    return { context, secrets: awsSecretReader({ region: context.region }) }
  },
  gcp: () => Promise.reject(problem('PROVIDER_UNSUPPORTED', { provider: 'gcp' })),
  local: async (folder) => {
    const { localSecretReader } = await import('../secrets/local.ts')
    return { context: {}, secrets: localSecretReader({ folder, uid: process.getuid?.() ?? 0 }) }
  },
}

/** Which account this is matters to nothing but the node's list of secrets, and would cost a round trip. */
async function regionAlone(signal: AbortSignal): Promise<{ region: string }> {
  const { ownAwsRegion } = await import('../secrets/aws-region.ts')
  return { region: await ownAwsRegion(signal) }
}

async function identity(signal: AbortSignal) {
  const { awsNodeIdentity } = await import('../secrets/aws-identity.ts')
  return awsNodeIdentity(signal)
}
