/** A cloud whose machines prove what they are: AWS or Google Cloud as a node and the control plane see it, and one of its machines that joined. */
import {
  awsSecrets,
  basicRegistry,
  fakeRay,
  fairleadProgram,
  googleSecrets,
  joinAgent,
  mayRead,
  newFolder,
  prepare,
  startFairleadServe,
  startWhole,
  startWorld,
  type Ground,
  type Machine,
  type SecretManager,
} from '@fairlead/testkit'

export const region = 'eu-west-1'
const account = '111122223333'
const role = 'ray-nodes'

/** A cloud whose machines need no token: the control plane asks it who they are. */
export interface ProvingCloud extends SecretManager {
  /** `address:port` of the stand-in for the metadata service. */
  readonly metadata: string
  readonly principal: string
  readonly instance: RegExp
}

export async function startAws(ground: Ground): Promise<ProvingCloud> {
  const stsHost = `sts.${region}.amazonaws.com`
  const aws = await awsSecrets({ region, account, role, policy: mayRead('*'), alsoNames: [stsHost] })(ground)
  const { AWS_EC2_METADATA_SERVICE_ENDPOINT: _, ...env } = aws.env
  return {
    ...aws,
    // This needs no variable: its machines find their metadata service at its own address.
    env,
    ...provingBy(ground, aws.cloud, { [stsHost]: new URL(aws.front.endpoint).host }),
    metadata: new URL(aws.front.metadataEndpoint).host,
    principal: `arn:aws:iam::${account}:role/${role}`,
    instance: /^i-[0-9a-f]{17}$/,
  }
}

export async function startGcp(ground: Ground): Promise<ProvingCloud> {
  const gcp = await googleSecrets()(ground)
  const { google } = gcp
  return {
    ...gcp,
    env: {},
    ...provingBy(ground, gcp.cloud, { 'www.googleapis.com': new URL(google.jwksUrl).host }),
    metadata: google.metadataHost,
    principal: google.machine.email,
    instance: /^\d+$/,
  }
}

const provingBy = ({ ca }: Ground, cloud: readonly string[], connectTo: Record<string, string>) => ({
  cloud: cloud.slice(0, cloud.indexOf('--join')),
  serve: { connectTo, env: { NODE_EXTRA_CA_CERTS: ca.caFile } },
})

const metadataAddress = '169.254.169.254'

/** As the cloud's own network does: traffic to the link-local address reaches the metadata service. */
export async function leadToMetadata(machine: Machine, place: string): Promise<void> {
  await machine.mustExec('ip', ['route', 'add', metadataAddress, 'dev', 'eth0'])
  const rule = ['-t', 'nat', '-A', 'OUTPUT', '-d', metadataAddress, '-p', 'tcp', '--dport', '80']
  await machine.mustExec('iptables', [...rule, '-j', 'DNAT', '--to-destination', place])
}

export type ProofSystem = Awaited<ReturnType<typeof startProofSystem>>

export const startProofSystem = (startCloud: typeof startAws) =>
  startWhole(async (parts) => {
    const world = parts.use(
      await startWorld({
        registry: basicRegistry,
        secrets: startCloud,
        image: fakeRay(),
        serve: startFairleadServe,
        cloud: 'prod',
        allow: 'login',
        nodes: [],
      }),
    )
    const { secrets: cloud, ask } = world
    const machine = await prepare(world, 'one')
    await leadToMetadata(machine, cloud.metadata)
    const agent = await joinAgent(world, world, machine, { checker: true })
    const stranger = await prepare(world, 'stranger')
    const typeOn = (command: string, ...more: string[]) => {
      const words = [...command.split(' ').slice(1), ...more]
      return machine.exec(process.execPath, [fairleadProgram, ...words], { env: { NO_COLOR: '1', ...cloud.env } })
    }
    return {
      ...world,
      cloud,
      agent,
      /** On the same network, with no cloud to vouch for it. */
      stranger,
      /** The output with which a machine joins. */
      printed: async () => (await ask<{ command: string }>('node', 'join-token')).command,
      /** That output typed on the machine itself, replacing the node that it was. */
      typeInPlace: typeOn,
      /** That output typed on the machine once more. */
      typeAgain: (command: string, name: string) =>
        typeOn(command, '--name', name, '--state-dir', newFolder(`again-${name}`)),
    }
  })
