/** The chart as plain manifests, for those who have no Helm: rendered with values to be replaced, in a namespace of its own. */
import { join } from 'node:path'
import { kubernetesPrograms } from '../../packages/testkit/src/go-programs.ts'
import { mustRun } from '../../packages/testkit/src/command.ts'
import { newFolder } from '../../packages/testkit/src/run-folder.ts'
import { inRepository } from './programs.ts'

export const manifestsFile = inRepository('deploy/kubernetes/fairlead.yaml')

const header = `# The chart in deploy/helm/fairlead as plain manifests: \`node scripts/kubernetes-manifests.ts\` writes them.
# Change the image and the ConfigMap, then \`kubectl apply -f\` this. See docs/guides/kubernetes.md.
---
apiVersion: v1
kind: Namespace
metadata:
  name: fairlead-system
  labels:
    # The agent uses the nodes' network and folders.
    pod-security.kubernetes.io/enforce: privileged
`

const examples = [
  'image.repository=registry.example.com/fairlead-agent',
  'policy.allowed_registries={example.jfrog.io}',
  String.raw`policy.doors.example\.jfrog\.io=team/registry-login`,
]

/** What only Helm has a use for. */
const ofHelm = /^ *(?:# Source: .*|helm\.sh\/chart: .*|app\.kubernetes\.io\/(?:managed-by|instance): .*)\n/gm

export async function kubernetesManifests(): Promise<string> {
  const helm = join(await kubernetesPrograms(), 'helm')
  const values = examples.flatMap((value) => ['--set', value])
  const args = [
    'template',
    'fairlead',
    inRepository('deploy/helm/fairlead'),
    '--namespace',
    'fairlead-system',
    ...values,
  ]
  const rendered = await mustRun(helm, args, { env: { HOME: newFolder('helm') } })
  return `${header}${rendered.replaceAll(ofHelm, '').trimEnd()}\n`
}
