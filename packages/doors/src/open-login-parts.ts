/** Opens what a door needs on this machine without an agent. A provider's parts are loaded only if a map names it. */
import type { Provider } from '@fairlead/contract/names'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { readLoadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import type { EngineLoginCheck } from '@fairlead/credential-path/registry/engine-login-check'
import { trustSystemStore } from '@fairlead/credential-path/process/secure-process'
import {
  secretManagerConnection,
  type SecretManagerConnection,
} from '@fairlead/credential-path/secret/secret-manager-connection'
import { pause } from '@fairlead/credential-path/process/until-aborted'
import type { AwsAsker } from '@fairlead/credential-path/secret/aws/problem'
import type { ProviderSecrets } from '@fairlead/credential-path/secret/find-login'
import type { LoginParts } from './engine-login.ts'
import type { Places } from './places.ts'

const remoteHeadStartMs = 20

export async function openLoginParts(
  places: Pick<Places, 'policyFile' | 'secretsDir' | 'stateDir'>,
): Promise<LoginParts & AsyncDisposable> {
  trustSystemStore()
  const policy = readNodePolicy(places.policyFile, { before: await readLoadedPolicy(places.stateDir) })
  let opened: EngineLoginCheck | null = null
  let headStartMs = 0
  const registries: Pick<EngineLoginCheck, 'check'> = {
    async check(registry, signal) {
      // Loading the registry client keeps the processor busy, so the request to the secret manager is sent first.
      await pause(headStartMs, signal)
      const { openEngineLoginCheck } = await import('@fairlead/credential-path/registry/engine-login-check')
      opened ??= openEngineLoginCheck(policy)
      return opened.check(registry, signal)
    },
  }
  return {
    policy,
    registries,
    secretsOf: (provider, signal) => {
      headStartMs = provider === 'local' ? 0 : remoteHeadStartMs
      return openers[provider](places.secretsDir, policy, signal)
    },
    async [Symbol.asyncDispose]() {
      await opened?.[Symbol.asyncDispose]()
    },
  }
}

type Opener = (secretsDir: string, policy: NodePolicy, signal: AbortSignal) => Promise<ProviderSecrets>

const openers: Record<Provider, Opener> = {
  aws: async (_, policy, signal) => {
    const { awsSecretReader } = await import('@fairlead/credential-path/secret/aws/secrets-manager')
    const connection = secretManagerConnection(policy)
    const context = await (policy.allowed_secrets === null ? regionAlone(signal) : identity(connection, signal))
    return { context, secrets: awsSecretReader({ connection, ...context }) }
  },
  gcp: async (_, policy, signal) => {
    const [{ gcpSecretReader }, { openGcpNode }] = await Promise.all([
      import('@fairlead/credential-path/secret/google/secret-manager'),
      import('@fairlead/credential-path/secret/google/identity'),
    ])
    const connection = secretManagerConnection(policy)
    const node = openGcpNode(connection)
    const own = await node.identity(signal)
    return { context: own, secrets: gcpSecretReader({ connection, own, node }) }
  },
  local: async (folder) => {
    const { localSecretReader } = await import('@fairlead/credential-path/secret/local')
    return { context: {}, secrets: localSecretReader({ folder, uid: process.getuid?.() ?? 0 }) }
  },
}

/** Only the node's list of secrets needs the account, and looking it up would cost a round trip. */
async function regionAlone(signal: AbortSignal): Promise<AwsAsker> {
  const { ownAwsRegion } = await import('@fairlead/credential-path/secret/aws/region')
  return { region: await ownAwsRegion(signal) }
}

async function identity(connection: SecretManagerConnection, signal: AbortSignal) {
  const { awsNodeIdentity } = await import('@fairlead/credential-path/secret/aws/identity')
  return awsNodeIdentity(connection, signal)
}
