/**
 * An AWS account as its machines and its admin see it: machines reach the metadata service and AWS's hosts at their own names and addresses,
 * and the admin has AWS's command line. moto keeps what exists; the role's rights are those that the admin gave it.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  awsSecrets,
  ensurePythonEnvironment,
  fairleadProgram,
  lockFile,
  mustRun,
  newFolder,
  type Ground,
  type Machine,
  type PolicyDocument,
} from '@fairlead/testkit'

export const region = 'us-west-2'
export const role = 'ray-nodes'

const hosts = [`sts.${region}.amazonaws.com`, `secretsmanager.${region}.amazonaws.com`]
const metadataAddress = '169.254.169.254'
const nothing: PolicyDocument = { Version: '2012-10-17', Statement: [] }

export async function awsAccount(ground: Ground) {
  const [aws, cli] = await Promise.all([
    awsSecrets({ region, role, policy: nothing, alsoNames: hosts })(ground),
    ensurePythonEnvironment({ lock: lockFile('aws-cli') }),
  ])
  const { moto, front } = aws
  const bin = newFolder('admin')
  const command = (name: string, ...words: readonly string[]) =>
    writeFile(join(bin, name), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 })
  await command('aws', cli, '-m', 'awscli')
  await command('fairlead', process.execPath, fairleadProgram)
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: bin,
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_CA_BUNDLE: ground.ca.caFile,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'admin',
    AWS_SECRET_ACCESS_KEY: 'admin',
  }
  const bash = (text: string, input = ''): Promise<string> =>
    mustRun('bash', ['-ec', text], { env, input, timeoutMs: 60_000 })
  return {
    ...aws,
    /** What an admin types; `input` is what they are asked for. */
    bash,
    /** AWS applies the role's policy; moto only keeps it. */
    async applyRole(): Promise<void> {
      const asked = `aws iam get-role-policy --role-name ${role} --policy-name fairlead-registry-logins`
      front.setPolicy((JSON.parse(await bash(asked)) as { PolicyDocument: PolicyDocument }).PolicyDocument)
    },
    /** As an instance of the account, or as a machine that may reach AWS. */
    async place(machine: Machine): Promise<void> {
      const metadata = new URL(front.metadataEndpoint)
      await machine.mustExec('ip', ['address', 'add', `${metadataAddress}/32`, 'dev', 'lo'])
      machine.spawn('busybox', ['nc', '-ll', '-p', '80', '-e', 'busybox', 'nc', metadata.hostname, metadata.port])
      await machine.writeHosts(Object.fromEntries(hosts.map((name) => [name, ground.host])))
      const { host } = new URL(front.endpoint)
      const rule = `-d ${ground.host} -p tcp --dport 443 -j DNAT --to-destination ${host}`
      await machine.mustExec('iptables', ['-t', 'nat', '-A', 'OUTPUT', ...rule.split(' ')])
    },
  }
}
