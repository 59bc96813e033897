/** KubeRay's operator in a test cluster: a process beside the control plane, with the rights that it has as a Deployment. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { untilReady, type Service } from '../service.ts'
import { writeKubeconfig } from './access.ts'
import type { TestKubernetes } from './kubernetes.ts'

const user = 'kuberay-operator'

export async function startKubeRay({ kubectl, control, server, ca, binDir }: TestKubernetes): Promise<Service> {
  const folder = join(binDir, 'kuberay')
  const definitions = (await readdir(folder)).flatMap((name) => ['-f', join(folder, name)])
  // Not applied: a definition is too long for the note that this leaves in it.
  await kubectl.must(['create', '--validate=false', ...definitions])
  await kubectl.must(['create', 'clusterrolebinding', user, `--clusterrole=${user}`, `--user=${user}`])
  const operator = control.spawn(
    join(binDir, user),
    ['--enable-leader-election=false', '--metrics-addr=127.0.0.1:8090', '--health-probe-bind-address=127.0.0.1:8091'],
    { logFile: join(control.dir, `${user}.log`), env: { KUBECONFIG: await writeKubeconfig(server, ca, { user }) } },
  )
  await untilReady(
    operator,
    "KubeRay's operator is ready",
    async () => {
      const asked = [control.exec('curl', ['-sf', 'http://127.0.0.1:8091/readyz']), kubectl.run(['get', 'rayclusters'])]
      return (await Promise.all(asked)).every(({ status }) => status === 0) ? true : undefined
    },
    60_000,
    250,
  )
  return operator
}
