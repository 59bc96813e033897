/** `fairlead cloud create`. */
import type { Provider } from '@fairlead/contract/names'
import { nodeRoleOf, type Cloud, type CreateCloud } from '@fairlead/contract/wire'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'

export interface CreateFlags extends RemoteFlags, NameFlag {
  readonly provider: Provider
  readonly partition?: 'aws' | 'aws-cn' | 'aws-us-gov'
  readonly region?: string
  readonly accountId?: string
  readonly projectId?: string
  readonly projectNumber?: string
  readonly nodeRole?: string
  readonly join?: 'proof' | 'token'
  readonly allowAnySecret?: boolean
}

export default async function create(this: CliContext, flags: CreateFlags, named?: string): Promise<void> {
  const name = chosenName('fairlead cloud create', flags, named)
  const client = await connect(this, flags)
  const body: CreateCloud = {
    name,
    provider: flags.provider,
    allow_any_secret: flags.allowAnySecret ?? false,
    ...(flags.partition !== undefined && { partition: flags.partition }),
    ...(flags.region !== undefined && { region: flags.region }),
    ...(flags.accountId !== undefined && { account_id: flags.accountId }),
    ...(flags.projectId !== undefined && { project_id: flags.projectId }),
    ...(flags.projectNumber !== undefined && { project_number: flags.projectNumber }),
    ...(flags.nodeRole !== undefined && { node_role: flags.nodeRole }),
    ...(flags.join !== undefined && { join: flags.join }),
  }
  const cloud = await client.clouds.create(body, { signal: this.signal })
  const paint = paintFor(this.stdout, this.env)
  if (cloud.allow_any_secret) {
    const warning = 'everybody who may build in this cloud can use any secret that its nodes can read'
    this.stderr.write(`${paintFor(this.stderr, this.env).yellow('warning:')} ${warning}\n`)
  }
  if (cloud.join === 'token' && cloud.provider !== 'local') {
    const warning =
      'anyone with a join token can join any machine; without --join token, machines join by cloud identity'
    this.stderr.write(`${paintFor(this.stderr, this.env).yellow('warning:')} ${warning}\n`)
  }
  if (cloud.provider === 'aws' && cloud.region === null) {
    const warning =
      'without --region, `fairlead policy` cannot say what its nodes need; a cloud cannot be changed later'
    this.stderr.write(`${paintFor(this.stderr, this.env).yellow('warning:')} ${warning}\n`)
  }
  if (flags.json) return printJson(this, cloud)
  this.stdout.write(`Cloud ${paint.bold(cloud.name)} is created\n${cloudDetails(this, cloud)}\n`)
  const grant = `fairlead cloud grant SECRET --cloud-name ${cloud.name}`
  if (!cloud.allow_any_secret) this.stdout.write(`${paint.dim('next:')}  ${grant}\n`)
  this.stdout.write(
    `${paint.dim(cloud.allow_any_secret ? 'next:' : 'then:')}  fairlead node join-token --cloud-name ${cloud.name}\n`,
  )
}

/** One fact per line. */
function cloudDetails(context: CliContext, cloud: Cloud): string {
  return formatDetails(
    [
      ['provider', cloud.provider],
      ['region', cloud.region],
      ['account', cloud.account_id],
      ['project', cloud.project_id],
      ['node role', nodeRoleOf(cloud)],
      ['nodes join', cloud.join === 'proof' ? 'by cloud identity' : 'by token'],
      ['secrets', cloud.allow_any_secret ? 'any' : 'only granted ones'],
      ['id', cloud.id],
    ],
    paintFor(context.stdout, context.env),
  )
}
