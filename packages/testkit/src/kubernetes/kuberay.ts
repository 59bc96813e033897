/** KubeRay's operator in a test cluster: a process beside the control plane, with the rights that it has as a Deployment. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../deadline.ts'
import { untilReady, type Service } from '../service.ts'
import { grantAccess } from './access.ts'
import type { Kubectl } from './kubectl.ts'
import type { TestKubernetes } from './kubernetes.ts'

const user = 'kuberay-operator'

export async function startKubeRay({ kubectl, control, server, ca, binDir }: TestKubernetes): Promise<Service> {
  const folder = join(binDir, 'kuberay')
  const files = await readdir(folder)
  // Not applied: a definition is too long for the note that this leaves in it.
  await kubectl.must(['create', '--validate=false', ...files.flatMap((name) => ['-f', join(folder, name)])])
  // An operator that starts before them waits, and ends after two minutes.
  await untilKnown(
    kubectl,
    files.flatMap((name) => /^ray\.io_(\w+)\.yaml$/.exec(name)?.[1] ?? []),
  )
  await kubectl.must(['create', 'clusterrolebinding', user, `--clusterrole=${user}`, `--user=${user}`])
  const { kubeconfig } = await grantAccess(server, ca, { user })
  const operator = control.spawn(
    join(binDir, user),
    ['--enable-leader-election=false', '--metrics-addr=127.0.0.1:8090', '--health-probe-bind-address=127.0.0.1:8091'],
    { logFile: join(control.dir, `${user}.log`), env: { KUBECONFIG: kubeconfig } },
  )
  await untilReady(
    operator,
    "KubeRay's operator is ready",
    async () => ((await control.exec('curl', ['-sf', 'http://127.0.0.1:8091/readyz'])).status === 0 ? true : undefined),
    60_000,
    250,
  )
  return operator
}

/** Until the API server serves these kinds. */
async function untilKnown(kubectl: Kubectl, kinds: readonly string[]): Promise<void> {
  const allServed = async (): Promise<true | undefined> => {
    const served = await kubectl.read<{ resources: { name: string }[] }>('/apis/ray.io/v1')
    const names = new Set(served?.resources.map(({ name }) => name))
    return kinds.every((kind) => names.has(kind)) || undefined
  }
  await eventually(allServed, { what: "the API server knows KubeRay's kinds", timeoutMs: 120_000, everyMs: 200 })
}
