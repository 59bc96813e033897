/** A machine with a kubelet and containerd 2 that has our credential provider, and a private registry over TLS. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createCa,
  createNetwork,
  enginePrograms,
  eventually,
  makeImage,
  motoPython,
  mustRun,
  newFolder,
  pushImage,
  startAwsFront,
  startHostileRegistry,
  startKubelet,
  startMoto,
  startRecorder,
  startRegistry,
  type KubeletPod,
} from '@fairlead/testkit'
import { startSystem } from '../start-system.ts'

const provider = 'fairlead-kubelet-credential-provider'
const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const region = 'eu-central-1'

export type KubeletSystem = Awaited<ReturnType<typeof startKubeletSystem>>

export const startKubeletSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const password = `canary-${randomBytes(12).toString('hex')}`
  const login = { username: 'puller', password }
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const tls = await createCa()
  const startPrivateRegistry = async () =>
    parts.use(await startRegistry({ host, tls, auth: { kind: 'htpasswd', users: { puller: password } } }))
  const registry = await startPrivateRegistry()
  const divided = await startPrivateRegistry()
  const onAws = await startPrivateRegistry()
  const late = await startPrivateRegistry()
  const open = parts.use(await startRegistry({ host, tls, auth: { kind: 'none' } }))
  const villain = parts.use(await startRecorder({ host, tls }))
  const hostile = parts.use(await startHostileRegistry({ host, tls, realm: `${villain.origin}/token` }))
  // Answers as a Basic registry would, and writes down who brings what.
  const stranger = parts.use(
    await startRecorder({
      host,
      tls,
      answer: { status: 401, headers: { 'www-authenticate': 'Basic realm="registry"' } },
    }),
  )
  const registries = [registry, divided, onAws, late, open, hostile, stranger].map((each) => each.host)

  const image = await makeImage({ config: { Cmd: ['sleep', 'infinity'] } })
  for (const [target, repository] of [
    [registry, 'team/app'],
    [registry, 'team/other'],
    [divided, 'team/app'],
    [divided, 'team/other'],
    [onAws, 'team/app'],
    [late, 'team/app'],
  ] as const) {
    await pushImage(target, repository, '1', image, login)
  }
  await pushImage(open, 'pause', '1', image, null)
  await pushImage(open, 'team/app', '1', image, null)

  const moto = parts.use(await startMoto({ python: await motoPython(), host, tls, region }))
  await moto.putSecret('team/registry-login', { ...login, server: onAws.host })
  const aws = parts.use(
    await startAwsFront({
      moto,
      host,
      tls,
      role: 'node-role',
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
      },
    }),
  )

  const machine = await network.machine('kubelet-node')
  await writeFile(join(machine.etcDir, 'ca.pem'), tls.caPem)
  for (const each of registries) {
    await mkdir(join(machine.dockerEtcDir, 'certs.d', each), { recursive: true })
    await writeFile(join(machine.dockerEtcDir, 'certs.d', each, 'ca.crt'), tls.caPem)
  }
  const secrets = join(machine.etcDir, 'secrets')
  await mkdir(secrets, { mode: 0o700 })
  const writeSecret = (name: string, server: string): Promise<void> =>
    writeFile(join(secrets, name), JSON.stringify({ ...login, server }), { mode: 0o600 })
  await writeSecret('login', registry.host)
  await writeSecret('divided', divided.host)
  await writeSecret('hostile', hostile.host)
  await writeSecret('open', open.host)
  await writeSecret('late', registry.host)
  const yaml = JSON.stringify // JSON is YAML
  await writeFile(
    join(machine.etcDir, 'policy.yaml'),
    yaml({
      registry_ca: Object.fromEntries(registries.map((each) => [each, '/etc/fairlead/ca.pem'])),
      secret_manager_ca: '/etc/fairlead/ca.pem',
    }),
  )
  await writeFile(
    join(machine.etcDir, 'kubelet-credential-provider.yaml'),
    yaml({
      provider: 'local',
      registries: {
        [registry.host]: 'login',
        [divided.host]: 'divided',
        [`${divided.host}/team/other`]: 'divided',
        [onAws.host]: { secret: 'team/registry-login', provider: 'aws' },
        [hostile.host]: 'hostile',
        [open.host]: 'open',
        [late.host]: 'late',
        // The login of another registry.
        [stranger.host]: 'login',
      },
    }),
  )

  const kubelet = parts.use(
    await startKubelet(machine, {
      binDir: await enginePrograms(),
      pauseImage: `${open.host}/pause:1`,
      credentialProviders: await installProvider(registries, aws.nodeEnv),
    }),
  )
  const untilPod = (name: string, what: string, holds: (pod: KubeletPod) => boolean): Promise<KubeletPod> =>
    eventually(
      async () => {
        const pod = await kubelet.pod(name)
        return pod !== undefined && holds(pod) ? pod : undefined
      },
      { what: `the pod ${name} ${what}`, timeoutMs: 90_000, everyMs: 200 },
    )
  const decisionsFile = join(machine.stateDir, 'login-decisions.jsonl')
  return {
    login,
    image,
    machine,
    kubelet,
    registries: { registry, divided, onAws, late, open, hostile, stranger },
    writeSecret,
    villain,
    untilRuns: (name: string) =>
      untilPod(name, 'runs', ({ status }) => status.containerStatuses?.[0]?.state.running !== undefined),
    untilRefused: (name: string) =>
      untilPod(name, 'cannot have its image', ({ status }) =>
        /^(ErrImagePull|ImagePullBackOff)$/.test(status.containerStatuses?.[0]?.state.waiting?.reason ?? ''),
      ),
    /** What the provider wrote down about one registry, each time the kubelet started it. */
    async decisionsOn(registryHost: string) {
      const text = await readFile(decisionsFile, 'utf8')
      const decisions = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { asked: string; decision: string; code?: string })
      return decisions.filter(({ asked }) => asked.startsWith(registryHost))
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** As its README says, into folders of this test. */
async function installProvider(matchImages: readonly string[], env: Readonly<Record<string, string>>) {
  const built = newFolder('doors')
  await mustRun(process.execPath, [inRepository('scripts/build-doors.ts'), built])
  const binDir = newFolder('kubelet-credential-providers')
  await symlink(join(built, `${provider}.mjs`), join(binDir, provider))
  const configFile = join(newFolder('kubelet-config'), 'credential-providers.yaml')
  const all = { ...env, PATH: `${dirname(process.execPath)}:/usr/bin:/bin` }
  await writeFile(
    configFile,
    JSON.stringify({
      apiVersion: 'kubelet.config.k8s.io/v1',
      kind: 'CredentialProviderConfig',
      providers: [
        {
          name: provider,
          apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
          matchImages,
          defaultCacheDuration: '5m',
          env: Object.entries(all).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
  )
  return { configFile, binDir }
}
