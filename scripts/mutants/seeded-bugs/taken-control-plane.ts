/** Bugs against what docs/threat-model.md says under "A control plane that was taken over". */
import type { SeededBug } from '../seeded-bug.ts'
import { agent, credentialPath } from './sources.ts'

export const takenControlPlane: readonly SeededBug[] = [
  {
    name: 'believe whoever answers where the metadata server should be',
    rule: 'S21',
    file: `${credentialPath}/secret/google/metadata.ts`,
    replace: "answer.status !== 200 || answer.header('metadata-flavor') !== 'Google'",
    by: 'answer.status !== 200',
    testFile: `${credentialPath}/secret/google/secret-manager.test.ts`,
    test: 'who the node is > who answers without Google’s header is no metadata server',
  },
  {
    name: 'leave the GPUs to NVIDIA’s runtime',
    rule: 'S7',
    file: `${agent}/workload/container-options.ts`,
    replace: ', ...(allowed.gpus === null && noAccelerators)',
    by: '',
    testFile: `${agent}/workload/container-options.test.ts`,
    test: 'S7: GPUs are the node’s own to give > where its file gives none, neither an image nor an order has the engine’s runtime give them',
  },
  {
    name: 'tell Habana’s runtime what only NVIDIA’s takes for none',
    rule: 'S7',
    file: `${agent}/workload/container-options.ts`,
    replace: "HABANA_VISIBLE_DEVICES: 'none'",
    by: "HABANA_VISIBLE_DEVICES: 'void'",
    testFile: `${agent}/workload/container-options.test.ts`,
    test: 'S7: GPUs are the node’s own to give > where its file gives none, neither an image nor an order has the engine’s runtime give them',
  },
  {
    name: 'let a policy that was named be absent',
    rule: 'S7',
    file: `${credentialPath}/policy/read-node-policy.ts`,
    replace:
      "  if (named !== null) throw problem('POLICY_MISSING', { path: file, reason: 'it was named as the policy' })\n",
    by: '',
    testFile: `${credentialPath}/policy/read-node-policy.test.ts`,
    test: 'S7: the file of the node > that was named and is not there is refused, and means no defaults',
  },
  {
    name: 'forget that there was a policy',
    rule: 'S7',
    file: `${credentialPath}/policy/read-node-policy.ts`,
    replace: 'if (before?.exists)',
    by: 'if (before?.exists === null)',
    testFile: `${credentialPath}/policy/read-node-policy.test.ts`,
    test: 'S7: the file of the node > that the agent of this node had when it last started is refused where it is gone, and may be empty instead',
  },
  {
    name: 'make a host of any region',
    rule: 'S21',
    file: `${credentialPath}/secret/aws/secrets-manager.ts`,
    replace: 'known === null || (region !== null && known !== partition)',
    by: 'known === undefined',
    testFile: `${credentialPath}/secret/aws/secrets-manager.test.ts`,
    test: 'S21: the region that becomes a host > is never one outside the table, nor one of another partition',
  },
]
