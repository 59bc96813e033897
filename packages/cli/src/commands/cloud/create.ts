/** `fairlead cloud create`. */
import type { Provider } from '@fairlead/contract/names'
import type { CreateCloud } from '@fairlead/contract/wire'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { warn } from '../../terminal/warn.ts'
import { cloudDetails } from './cloud-details.ts'
import { cloudFacts, type FactFlags } from './fact-flags.ts'
import type { KubernetesFlags } from './kubernetes-flags.ts'
import { clusterIn } from './named-kubernetes-cluster.ts'

export interface CreateFlags extends RemoteFlags, NameFlag, FactFlags, KubernetesFlags {
  readonly provider: Provider
}

export default async function create(this: CliContext, flags: CreateFlags, named?: string): Promise<void> {
  const name = chosenName('fairlead cloud create', flags, named)
  const kubernetes = await clusterIn(this, flags, { before: null, command: 'fairlead cloud create' })
  const client = await connect(this, flags)
  const body: CreateCloud = {
    name,
    provider: flags.provider,
    ...cloudFacts(flags),
    ...(kubernetes !== null && { kubernetes }),
  }
  const cloud = await client.clouds.create(body, { signal: this.signal })
  const paint = paintFor(this.stdout, this.env)
  if (cloud.allow_any_secret) {
    warn(this, 'everybody who may build in this cloud can use any secret that its nodes can read')
  }
  if (cloud.join === 'token' && cloud.provider !== 'local') {
    warn(this, 'anyone with a join token can join any machine; without --join token, machines join by cloud identity')
  }
  if (cloud.provider === 'aws' && cloud.region === null) {
    const fix = `fairlead cloud edit ${cloud.name} --region REGION`
    warn(this, `without a region, \`fairlead policy\` cannot say what its nodes need: ${fix}`)
  }
  if (flags.json) return printJson(this, cloud)
  this.stdout.write(`Cloud ${paint.bold(cloud.name)} is created\n${cloudDetails(this, cloud)}\n`)
  const grant = `fairlead cloud grant SECRET --cloud-name ${cloud.name}`
  if (!cloud.allow_any_secret) this.stdout.write(`${paint.dim('next:')}  ${grant}\n`)
  this.stdout.write(
    `${paint.dim(cloud.allow_any_secret ? 'next:' : 'then:')}  fairlead node join-token --cloud-name ${cloud.name}\n`,
  )
}
