/** The places where a lab may keep the login of its registry: files on each node, AWS, or Google Cloud. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startAwsFront, type AwsFront, type AwsFrontOptions } from '../clouds/aws/front.ts'
import { startMoto, type Moto, type MotoOptions } from '../clouds/aws/moto.ts'
import type { PolicyDocument } from '../clouds/aws/policy.ts'
import { startGoogle, type Google, type GoogleOptions } from '../clouds/gcp/google.ts'
import type { FairleadServeOptions } from '../fairlead/fairlead-serve.ts'
import type { Ground } from './ground.ts'

export interface SecretManager {
  readonly provider: 'aws' | 'gcp' | 'local'
  /** The flags of `fairlead cloud create` for a cloud that has it. */
  readonly cloud: readonly string[]
  /** For a program on a node there. */
  readonly env: Record<string, string>
  /** What a node owner's file must say so that it is used. */
  readonly policy: object
  /** The options of a control plane that serves nodes there. */
  readonly serve?: FairleadServeOptions
  readonly put: (name: string, secret: object) => Promise<unknown>
  /** Creates a node's folder of secrets, if secrets are files. */
  readonly furnish: (folder: string) => Promise<void>
}

/** In `/etc/fairlead/secrets` of each node. */
export async function secretFiles(): Promise<SecretManager> {
  const secrets = new Map<string, object>()
  const folders: string[] = []
  const write = (folder: string, name: string, secret: object): Promise<void> =>
    writeFile(join(folder, name), JSON.stringify(secret), { mode: 0o600 })
  return Promise.resolve({
    provider: 'local',
    cloud: [],
    env: {},
    policy: {},
    async put(name, secret) {
      secrets.set(name, secret)
      for (const folder of folders) await write(folder, name, secret)
    },
    async furnish(folder) {
      await mkdir(folder, { mode: 0o700, recursive: true })
      for (const [name, secret] of secrets) await write(folder, name, secret)
      folders.push(folder)
    },
  } satisfies SecretManager)
}

export interface AwsSecrets extends SecretManager {
  readonly moto: Moto
  readonly front: AwsFront
}

export interface AwsSecretsOptions
  extends Pick<MotoOptions, 'region' | 'account'>, Partial<Pick<AwsFrontOptions, 'role' | 'policy' | 'alsoNames'>> {}

/** AWS, as a node with this role sees it. The role may read the login's secret and nothing else, unless a policy says otherwise. */
export const awsSecrets =
  ({ role = 'ray-node', policy, alsoNames, ...place }: AwsSecretsOptions = {}) =>
  async ({ host, ca: tls, secretName, use }: Ground): Promise<AwsSecrets> => {
    const moto = use(await startMoto({ host, tls, ...place }))
    const front = use(
      await startAwsFront({
        moto,
        host,
        tls,
        role,
        policy: policy ?? mayRead(secretName),
        ...(alsoNames !== undefined && { alsoNames }),
      }),
    )
    const where = ['--region', moto.region, '--account-id', moto.account]
    return {
      provider: 'aws',
      moto,
      front,
      cloud: [...where, '--node-role', role, '--join', 'token'],
      env: front.nodeEnv,
      policy: { secret_manager_ca: tls.caFile },
      put: moto.putSecret,
      furnish: () => Promise.resolve(),
    }
  }

/** The policy of a role that may read these secrets, in any region and account; `*` stands for the rest of a name. */
export function mayRead(...names: readonly string[]): PolicyDocument {
  const arns = names.map((name) => `arn:aws:secretsmanager:*:*:secret:${name.endsWith('*') ? name : `${name}-??????`}`)
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arns }],
  }
}

export interface GoogleSecrets extends SecretManager {
  readonly google: Google
}

/** Google Cloud, as a node sees it through the proxy that leads there; `put` also lets the node's account read the secret. */
export const googleSecrets =
  (options: Omit<GoogleOptions, 'ca' | 'host'> = {}) =>
  async ({ host, ca, use }: Ground): Promise<GoogleSecrets> => {
    const google = use(await startGoogle({ ca, host, ...options }))
    const { projectId, email } = google.machine
    return {
      provider: 'gcp',
      google,
      cloud: ['--project-id', projectId, '--node-role', email, '--join', 'token'],
      env: { GCE_METADATA_HOST: google.metadataHost },
      policy: { proxy: google.proxyUrl, secret_manager_ca: ca.caFile },
      put(name, secret) {
        const path = name.startsWith('projects/') ? name : `projects/${projectId}/secrets/${name}`
        google.secrets.add(path, JSON.stringify(secret))
        google.secrets.allow(path, `serviceAccount:${email}`)
        return Promise.resolve()
      },
      furnish: () => Promise.resolve(),
    }
  }
