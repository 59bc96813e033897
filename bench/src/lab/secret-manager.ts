/** AWS Secrets Manager with the login of the private registry in it, readable by the nodes' role. */
import { motoPython, startAwsFront, startMoto } from '@fairlead/testkit'
import type { PrivateImage } from './private-image.ts'

export const secretName = 'team/registry-login'
export const region = 'eu-central-1'
export const nodeRole = 'ray-autoscaler-v1'

export interface SecretManager extends AsyncDisposable {
  readonly account: string
  /** The environment of a program that runs on a node of the role. */
  readonly nodeEnv: Record<string, string>
}

export async function startSecretManager(host: string, { ca, login, registry }: PrivateImage): Promise<SecretManager> {
  await using parts = new AsyncDisposableStack()
  const moto = parts.use(await startMoto({ python: await motoPython(), host, tls: ca, region }))
  const resource = `arn:aws:secretsmanager:${region}:${moto.account}:secret:${secretName}-??????`
  const front = parts.use(
    await startAwsFront({
      moto,
      host,
      tls: ca,
      role: nodeRole,
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: resource }],
      },
    }),
  )
  await moto.putSecret(secretName, { ...login, server: registry })
  const whole = parts.move()
  return { account: moto.account, nodeEnv: front.nodeEnv, [Symbol.asyncDispose]: () => whole.disposeAsync() }
}
