/**
 * A Kubernetes of one node whose pods have different rights: the owner's map names service accounts, the kubelet sends its provider their tokens.
 * One private registry has a door, so that the provider gives tickets; the other has none, so that it gives logins. The node has not joined.
 */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  basicRegistry,
  fairleadProgram,
  inLog,
  inRepository,
  makeImage,
  newFolder,
  onNetwork,
  prepare,
  secretFiles,
  startKubernetes,
  startLab,
  startWhole,
  untilReady,
  waitingFor,
} from '@fairlead/testkit'

const provider = 'fairlead-kubelet-credential-provider'

export type PerPodSystem = Awaited<ReturnType<typeof startPerPodSystem>>

export const startPerPodSystem = () => startWhole(start)

async function start(parts: AsyncDisposableStack) {
  const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets: secretFiles }))
  const { ca, login, network, registry: doored, secrets, secretName } = lab
  const plain = await basicRegistry(lab)
  await secrets.put('plain', { ...login, server: plain.host })
  const app = await makeImage({ config: { Cmd: ['sh', '-c', 'exec sleep infinity'] } })
  for (const registry of [doored, plain]) await registry.push('team-a/app', app)

  const machine = await prepare(lab, 'node1', {
    registries: [plain],
    // Without a secret: only the map has one, for those whom it names.
    policy: { allowed_registries: [doored.host, plain.host], doors: { [doored.host]: null } },
  })
  const service_accounts = {
    'team-a/trainer': { [`${doored.host}/team-a`]: secretName, [`${plain.host}/team-a`]: 'plain' },
  }
  await writeFile(
    join(machine.etcDir, 'kubelet-credential-provider.yaml'),
    // JSON is YAML.
    JSON.stringify({ provider: 'local', service_accounts }),
  )
  const cluster = await startKubernetes(network)
  await cluster.kubectl.must(['apply', '-f', '-'], await guideBlock('kind: ClusterRole'))
  const node = await cluster.join(machine, {
    credentialProviders: await installProvider([doored.host, plain.host]),
  })
  const trusted = join(node.root, '/etc/containerd/certs.d', plain.host)
  await mkdir(trusted, { recursive: true })
  await writeFile(join(trusted, 'hosts.toml'), `server = "https://${plain.host}"\nca = "${ca.caFile}"\n`)
  const agent = machine.spawn(process.execPath, [fairleadProgram, 'agent', 'run'], {
    logFile: join(machine.dir, 'agent.log'),
  })
  await untilReady(agent, 'the agent serves doors', inLog(agent, /"the doors are served"/))
  await machine.mustExec(process.execPath, [fairleadProgram, 'door', 'open', '--engine', 'containerd'])

  const { kubectl } = cluster
  for (const namespace of ['team-a', 'team-b']) {
    await kubectl.must(['create', 'namespace', namespace])
    await kubectl.must(['create', 'serviceaccount', 'trainer', '--namespace', namespace])
  }
  return {
    ...lab,
    cluster,
    node,
    image: { doored: `${doored.host}/team-a/app:1`, plain: `${plain.host}/team-a/app:1` },
    /** A pod that pulls only if the image is not on the node; `more`: laid over its spec. */
    run: (namespace: string, name: string, image: string, more: object = {}) =>
      kubectl.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace },
        spec: {
          serviceAccountName: 'trainer',
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent' }],
          ...more,
        },
      }),
    untilRuns: (namespace: string, name: string) =>
      kubectl.untilPod(name, 'runs', ({ status }) => status.phase === 'Running', { namespace }),
    /** What the pod's events say about its image. */
    refusalOf: async (namespace: string, name: string): Promise<string> => {
      await kubectl.untilPod(
        name,
        'cannot have its image',
        (pod) => waitingFor(pod).some(({ reason }) => /^(ErrImagePull|ImagePullBackOff)$/.test(reason)),
        { namespace },
      )
      const events = await kubectl.events(name, namespace)
      return events.flatMap(({ reason, message }) => (reason === 'Failed' ? message : [])).join('\n')
    },
  }
}

/** What the guide tells readers to give to the kubelet and to the API server. */
async function guideBlock(holding: string): Promise<string> {
  const guide = await readFile(inRepository('docs/guides/kubernetes.md'), 'utf8')
  const blocks = [...guide.matchAll(/^( *)```yaml\n(.*?)\n\1```$/gms)]
  const found = blocks.map(([, indent, text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
  const block = found.find((text) => text.includes(holding))
  if (block === undefined) throw new Error(`the guide has no YAML with ${holding}`)
  return block
}

/** As the guide says, from the sources. */
async function installProvider(matchImages: readonly string[]) {
  const binDir = newFolder('kubelet-credential-providers')
  const program = join(binDir, provider)
  const started = [process.execPath, inRepository('packages/doors/src/kubelet/bin.mjs')]
  await writeFile(program, `#!/bin/sh\nexec ${started.join(' ')} "$@"\n`)
  await chmod(program, 0o755)
  const configFile = join(newFolder('kubelet-config'), 'credential-providers.yaml')
  const attributes = (await guideBlock('tokenAttributes:')).replaceAll(/^/gm, '    ')
  await writeFile(
    configFile,
    `apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: ${provider}
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    matchImages: ${JSON.stringify(matchImages)}
    defaultCacheDuration: 5m
    env: [{ name: PATH, value: '${dirname(process.execPath)}:/usr/bin:/bin' }]
${attributes}
`,
  )
  return { configFile, binDir }
}
