/** `fairlead cloud edit`. */
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { cloudDetails } from './cloud-details.ts'
import { cloudFacts, type FactFlags } from './fact-flags.ts'
import type { KubernetesFlags } from './kubernetes-flags.ts'
import { clusterIn } from './named-kubernetes-cluster.ts'

export interface EditFlags extends RemoteFlags, NameFlag, FactFlags, KubernetesFlags {
  readonly newName?: string
  readonly removeKubernetes?: boolean
}

export default async function edit(this: CliContext, flags: EditFlags, named?: string): Promise<void> {
  const command = 'fairlead cloud edit'
  const name = chosenName(command, flags, named)
  const { newName, removeKubernetes, kubernetesIssuer, kubernetesAccount, kubernetesKeys } = flags
  const facts = { ...cloudFacts(flags), name: newName }
  const ofCluster = [kubernetesIssuer, kubernetesAccount, kubernetesKeys].some((flag) => flag !== undefined)
  if (ofCluster && removeKubernetes === true) throw new UsageError('say either which pods may join, or none', command)
  const isNothing = Object.values(facts).every((fact) => fact === undefined)
  if (isNothing && !ofCluster && removeKubernetes !== true) {
    throw new UsageError('say what to change', command)
  }
  const client = await connect(this, flags)
  const { id, kubernetes: before } = await findCloud(client, name, this.signal)
  const kubernetes = removeKubernetes === true ? null : await clusterIn(this, flags, { before, command })
  const change = { ...facts, ...((ofCluster || removeKubernetes === true) && { kubernetes }) }
  const cloud = await client.clouds.update(id, change, { signal: this.signal })
  if (flags.json) return printJson(this, cloud)
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(`Cloud ${paint.bold(cloud.name)} is changed\n${cloudDetails(this, cloud)}\n`)
}
