/** The control plane of a test cluster: etcd, the API server, the controllers, the scheduler and the name server, on a machine of their own. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '../machines/machine.ts'
import { inLog, untilReady, type Service } from '../service.ts'
import type { TestCa } from '../servers/test-ca.ts'
import { administrator, grantAccess } from './access.ts'
import { apiServerAddress, apiServerPort, nameServerAddress, podRange, serviceRange } from './cluster-ranges.ts'
import { kubectlOf, type Kubectl } from './kubectl.ts'

export interface KubernetesControlPlane {
  /** Of the API server. It is also the issuer of service accounts' tokens, and tells anyone the keys to verify them. */
  readonly server: string
  /** May do everything. */
  readonly kubectl: Kubectl
  /** Where etcd has all that Kubernetes knows. */
  readonly etcdFolder: string
}

export async function startControlPlane(
  machine: Machine,
  { binDir, ca }: { binDir: string; ca: TestCa },
): Promise<KubernetesControlPlane> {
  const folder = join(machine.dir, 'kubernetes')
  await mkdir(folder, { mode: 0o700 })
  const server = `https://${machine.address}:${apiServerPort}`
  const kubeconfig = async (user: string): Promise<string> => (await grantAccess(server, ca, { user })).kubeconfig
  const run = (program: string, args: readonly string[]): Service =>
    machine.spawn(join(binDir, program), args, { logFile: join(machine.dir, `${program}.log`) })

  // Packets of pods, and of whoever calls a Service, cross it.
  await machine.mustExec('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'])
  const etcdFolder = join(folder, 'etcd')
  run('etcd', [
    `--data-dir=${etcdFolder}`,
    '--listen-client-urls=http://127.0.0.1:2379',
    '--advertise-client-urls=http://127.0.0.1:2379',
    '--listen-peer-urls=http://127.0.0.1:2380',
    '--unsafe-no-fsync',
  ])
  const serviceAccounts = await writeServiceAccountKeys(folder)
  const [serving, toKubelets, admin, controllers, scheduler, names] = await Promise.all([
    ca.issue([machine.address, apiServerAddress, '127.0.0.1', ...apiServerNames]),
    ca.issueClient('kube-apiserver', ['system:masters']),
    grantAccess(server, ca, administrator),
    kubeconfig('system:kube-controller-manager'),
    kubeconfig('system:kube-scheduler'),
    kubeconfig('coredns'),
  ])
  const kubectl = kubectlOf(binDir, admin)
  const apiServer = run('kube-apiserver', [
    '--etcd-servers=http://127.0.0.1:2379',
    `--advertise-address=${machine.address}`,
    `--secure-port=${apiServerPort}`,
    `--service-cluster-ip-range=${serviceRange}`,
    `--client-ca-file=${ca.caFile}`,
    `--tls-cert-file=${serving.certFile}`,
    `--tls-private-key-file=${serving.keyFile}`,
    `--kubelet-client-certificate=${toKubelets.certFile}`,
    `--kubelet-client-key=${toKubelets.keyFile}`,
    `--kubelet-certificate-authority=${ca.caFile}`,
    // Else it looks up the names of nodes.
    '--kubelet-preferred-address-types=InternalIP',
    `--service-account-issuer=${server}`,
    `--service-account-key-file=${serviceAccounts.publicFile}`,
    `--service-account-signing-key-file=${serviceAccounts.privateFile}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged',
  ])
  await untilReady(
    apiServer,
    'the API server is ready',
    async () => ((await kubectl.run(['get', '--raw', '/readyz'])).status === 0 ? true : undefined),
    180_000,
    500,
  )
  run('kube-controller-manager', [
    `--kubeconfig=${controllers}`,
    '--leader-elect=false',
    '--use-service-account-credentials',
    `--service-account-private-key-file=${serviceAccounts.privateFile}`,
    `--root-ca-file=${ca.caFile}`,
    `--cluster-cidr=${podRange}`,
    '--allocate-node-cidrs=false',
    '--bind-address=127.0.0.1',
  ])
  run('kube-scheduler', [`--kubeconfig=${scheduler}`, '--leader-elect=false', '--bind-address=127.0.0.1'])
  await kubectl.apply(...nameService(machine.address), ...discoveryForAnyone)
  const corefile = join(folder, 'Corefile')
  await writeFile(corefile, corefileFor(machine.address, names))
  const nameServer = run('coredns', ['-conf', corefile])
  await untilReady(nameServer, "the cluster's name server answers", inLog(nameServer, /^CoreDNS-/m), 60_000)
  return { server, kubectl, etcdFolder }
}

const apiServerNames = ['', '.default', '.default.svc', '.default.svc.cluster.local'].map((rest) => `kubernetes${rest}`)

async function writeServiceAccountKeys(folder: string): Promise<{ privateFile: string; publicFile: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const [privateFile, publicFile] = [join(folder, 'service-accounts.key'), join(folder, 'service-accounts.pub')]
  await writeFile(privateFile, privateKey, { mode: 0o600 })
  await writeFile(publicFile, publicKey)
  return { privateFile, publicFile }
}

const corefileFor = (address: string, kubeconfig: string): string => `.:53 {
  bind ${address}
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig}
    ttl 2
  }
}
`

/** The Service behind which the name server is, a process like the rest of the control plane, and what it may read. */
const nameService = (address: string): object[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: {
      clusterIP: nameServerAddress,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { 'kubernetes.io/service-name': 'kube-dns' },
    },
    addressType: 'IPv4',
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
    endpoints: [{ addresses: [address] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'coredns' },
    rules: [
      { apiGroups: [''], resources: ['services', 'namespaces', 'pods', 'endpoints'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  },
  boundTo('coredns', { kind: 'User', name: 'coredns' }),
]

/** As clouds have it: whoever gets a service account's token can verify it. */
const discoveryForAnyone = [
  boundTo('system:service-account-issuer-discovery', { kind: 'Group', name: 'system:unauthenticated' }),
]

function boundTo(role: string, subject: { kind: 'User' | 'Group'; name: string }): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${role}-of-${subject.name}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', ...subject }],
  }
}
