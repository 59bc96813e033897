/** The chart as plain manifests, for those who have no Helm: rendered with values to be replaced. */
import { join } from 'node:path'
import { ensureKubernetesPrograms } from '../../packages/testkit/src/go-programs.ts'
import { mustRun } from '../../packages/testkit/src/command.ts'
import { newFolder } from '../../packages/testkit/src/run-folder.ts'
import { inRepository } from './programs.ts'

const installation = `# The chart in deploy/helm/fairlead as plain manifests: \`npx node scripts/kubernetes-manifests.ts\` writes them.
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

const metadataTest = `# The pod of \`helm test\` for those who have no Helm: \`npx node scripts/kubernetes-manifests.ts\` writes it. It asks whether pods can act as their node.
# Change the image, and add a nodeSelector for each kind of node. See docs/guides/kubernetes.md.
---
`

const examples = [
  'image.repository=registry.example.com/fairlead-agent',
  'policy.allowed_registries={example.jfrog.io}',
  String.raw`policy.doors.example\.jfrog\.io=team/registry-login`,
]

/** What only Helm has a use for. */
const ofHelm =
  /^ *(?:# Source: .*|helm\.sh\/chart: .*|app\.kubernetes\.io\/(?:managed-by|instance): .*)\n|^  annotations:\n    helm\.sh\/hook[^]*?(?=^spec:)/gm

/** The files in deploy/kubernetes, by path. */
export async function kubernetesManifests(): Promise<Readonly<Record<string, string>>> {
  const [all, test] = await Promise.all([
    rendered('--skip-tests'),
    rendered('--show-only', 'templates/metadata-test.yaml'),
  ])
  return {
    [inRepository('deploy/kubernetes/fairlead.yaml')]: `${installation}${all}`,
    // In whichever namespace it is asked: a NetworkPolicy counts in its own.
    [inRepository('deploy/kubernetes/metadata-test.yaml')]:
      `${metadataTest}${test.replace(/^---\n/, '').replace(/^  namespace: .*\n/m, '')}`,
  }
}

async function rendered(...flags: readonly string[]): Promise<string> {
  const helm = join(await ensureKubernetesPrograms(), 'helm')
  const values = examples.flatMap((value) => ['--set', value])
  const chart = inRepository('deploy/helm/fairlead')
  const args = ['template', 'fairlead', chart, '--namespace', 'fairlead-system', ...values, ...flags]
  const text = await mustRun(helm, args, { env: { HOME: newFolder('helm') } })
  return `${text.replaceAll(ofHelm, '').trimEnd()}\n`
}
