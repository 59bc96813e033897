/** All parts but Docker, on loopback: registries of each kind, the secret manager, the control plane, and a checker that checks builds. */
import {
  awsSecrets,
  basicRegistry,
  cli,
  createCa,
  makeImage,
  onLoopback,
  startChecker,
  startControlPlane,
  startFairleadServe,
  startHostileRegistry,
  startLab,
  startRecorder,
  startWhole,
  tokenRegistry,
  type FairleadAccess,
} from '@fairlead/testkit'

export type LoopbackSystem = Awaited<ReturnType<typeof startLoopbackSystem>>

const cloudName = 'aws-test'
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: `arn:aws:secretsmanager:*:*:secret:team/*`,
    },
    { Effect: 'Deny', Action: '*', Resource: 'arn:aws:secretsmanager:*:*:secret:team/forbidden-??????' },
  ],
} as const

export const startLoopbackSystem = () =>
  startWhole(async (parts) => {
    const lab = parts.use(
      await startLab({
        on: onLoopback,
        registry: tokenRegistry('team/app'),
        secrets: awsSecrets({ role: 'ray-autoscaler-v1', policy }),
        secretName: 'team/login',
      }),
    )
    const { ca: tls, login, registry, secrets, use } = lab
    const { pusher, tokenServer } = registry
    const basic = await basicRegistry(lab)
    const stranger = await basicRegistry({ ...lab, ca: await createCa() })
    const recorder = use(await startRecorder({ tls }))
    const hostile = use(await startHostileRegistry({ tls, realm: `${recorder.origin}/token` }))
    const image = await makeImage({ files: { 'etc/greeting': 'hello' } })
    const good = await registry.push('team/app', image)
    await registry.push('other/app', image)
    await secrets.put('team/pusher', { ...pusher, server: registry.host })

    const plane = await startControlPlane(lab, { serve: startFairleadServe, cloud: cloudName, allow: 'nothing' })
    await plane.ask('cloud', 'grant', 'team/')
    const others = [basic, hostile, recorder].map(({ host }) => ({ host, realm: null }))
    const loopback = [registry.host, basic.host, stranger.host, hostile.host, '127.0.0.1:9']
    const checker = await startChecker(lab, plane, {
      registries: others,
      policy: { loopback_registries: loopback.map((host) => `https://${host}`) },
    })

    return {
      registry,
      basicRegistry: basic,
      strangerRegistry: stranger,
      tokenServer,
      recorder,
      hostile,
      moto: secrets.moto,
      front: secrets.front,
      serve: plane.serve,
      checker,
      /** The checker's own file. */
      policy: checker.policy,
      cloudName,
      digest: good.digest,
      login: { ...login, server: registry.host },
      /** None of these may be printed anywhere. */
      passwords: [login.password, pusher.password],
      /** A configuration without mistakes. */
      good: { docker_image: good.reference, ray_version: '2.55.1', registry_login_secret: lab.secretName },
      fairlead: plane.fairlead,
      fairleadWith: (options: FairleadAccess, ...args: string[]) => cli(args, { ...plane.access, ...options }),
    }
  })
