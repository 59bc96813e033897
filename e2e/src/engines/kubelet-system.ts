/** A machine with a kubelet and containerd 2 that has our credential provider, and a private registry over TLS. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  awsSecrets,
  basicRegistry,
  enginePrograms,
  eventually,
  inRepository,
  makeImage,
  mustRun,
  newFolder,
  onNetwork,
  openRegistry,
  prepare,
  secretFiles,
  startHostileRegistry,
  startKubelet,
  startLab,
  startRecorder,
  startWhole,
  type KubeletPod,
} from '@fairlead/testkit'

const provider = 'fairlead-kubelet-credential-provider'

export type KubeletSystem = Awaited<ReturnType<typeof startKubeletSystem>>

export const startKubeletSystem = () => startWhole(start)

async function start(parts: AsyncDisposableStack) {
  const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets: secretFiles }))
  const { ca: tls, host, login, registry, secrets } = lab
  const divided = await basicRegistry(lab)
  const onAws = await basicRegistry(lab)
  const late = await basicRegistry(lab)
  const open = await openRegistry(lab)
  const villain = parts.use(await startRecorder({ host, tls }))
  const hostile = parts.use(await startHostileRegistry({ host, tls, realm: `${villain.origin}/token` }))
  // Answers as a Basic registry would, and records who sends what.
  const stranger = parts.use(
    await startRecorder({
      host,
      tls,
      answer: { status: 401, headers: { 'www-authenticate': 'Basic realm="registry"' } },
    }),
  )
  const others = [divided, onAws, late, open, hostile, stranger].map((each) => ({ host: each.host, realm: null }))
  const registries = [registry, ...others].map((each) => each.host)

  const image = await makeImage({ config: { Cmd: ['sleep', 'infinity'] } })
  for (const target of [registry, divided, onAws, late, open]) await target.push('team/app', image)
  for (const target of [registry, divided]) await target.push('team/other', image)
  await open.push('pause', image)

  const aws = await awsSecrets({ role: 'node-role' })({ ...lab, secretName: 'team/registry-login' })
  await aws.put('team/registry-login', { ...login, server: onAws.host })

  const writeSecret = (name: string, server: string) => secrets.put(name, { ...login, server })
  await writeSecret('divided', divided.host)
  await writeSecret('hostile', hostile.host)
  await writeSecret('open', open.host)
  await writeSecret('late', registry.host)
  const machine = await prepare(lab, 'kubelet-node', { registries: others, policy: aws.policy })
  for (const each of registries) {
    await mkdir(join(machine.dockerEtcDir, 'certs.d', each), { recursive: true })
    await writeFile(join(machine.dockerEtcDir, 'certs.d', each, 'ca.crt'), tls.caPem)
  }
  await writeFile(
    join(machine.etcDir, 'kubelet-credential-provider.yaml'),
    // JSON is YAML.
    JSON.stringify({
      provider: 'local',
      registries: {
        [registry.host]: 'login',
        [divided.host]: 'divided',
        [`${divided.host}/team/other`]: 'divided',
        [onAws.host]: { secret: 'team/registry-login', provider: 'aws' },
        [hostile.host]: 'hostile',
        [open.host]: 'open',
        [late.host]: 'late',
        // Another registry's login.
        [stranger.host]: 'login',
      },
    }),
  )

  const kubelet = parts.use(
    await startKubelet(machine, {
      binDir: await enginePrograms(),
      pauseImage: `${open.host}/pause:1`,
      credentialProviders: await installProvider(registries, aws.env),
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
    /** What the provider logged about one registry, each time the kubelet started it. */
    async decisionsOn(registryHost: string) {
      const text = await readFile(decisionsFile, 'utf8')
      const decisions = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { asked: string; decision: string; code?: string })
      return decisions.filter(({ asked }) => asked.startsWith(registryHost))
    },
  }
}

/** As its README says, into this test's folders. */
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
