/**
 * From an empty account to a task on a cluster, as docs/guides/aws.md says it, on machines that run systemd: what a person types and what they
 * wait for, without the time that they think and that AWS takes to make a machine.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  eventually,
  findRayHead,
  newFolder,
  onNetwork,
  prepare,
  rayTaskOnEachNode,
  rayVersion,
  realRay,
  startLab,
  startWhole,
  whileRayStarts,
  type Machine,
} from '@fairlead/testkit'
import type { Benchmark } from './benchmark.ts'
import { awsAccount, region, role } from './lab/aws-account.ts'
import { makeExecutable } from './lab/executable.ts'
import { nearRegistry, nodePolicy } from './lab/lab.ts'

const program = '/usr/local/bin/fairlead'
const secret = 'team/registry-login'

export const fromNothing: Benchmark = {
  name: 'from-nothing',
  what: 'from an empty AWS account and three new machines to a task on a cluster of two',
  async run(_, say) {
    await using story = await prepareStory()
    const series = []
    for (const [name, step] of Object.entries(story.steps)) {
      const begun = performance.now()
      await step()
      const ms = performance.now() - begun
      say(`${name}: ${(ms / 1000).toFixed(1)} s`)
      series.push({ name, unit: 'ms' as const, values: [ms] })
    }
    const total = series.reduce((sum, { values: [ms = 0] }) => sum + ms, 0)
    const title = `from nothing to a task, with an image of ${(story.imageBytes / 1e6).toFixed(0)} MB`
    return [{ title, series: [...series, { name: 'all of it', unit: 'ms', values: [total] }] }]
  },
}

/** What is there before a person begins: the account, a registry with an image, and three machines that have just been started. */
const prepareStory = () =>
  startWhole(async (parts) => {
    const executable = await makeExecutable()
    const lab = parts.use(
      await startLab({ on: onNetwork, registry: nearRegistry, secrets: awsAccount, secretName: 'not-of-this-story' }),
    )
    const { secrets: aws, login, registry } = lab
    const image = await registry.push('team/ray', await realRay()(), { tag: rayVersion })
    const server = await lab.network.machine('server', { init: 'systemd' })
    const nodes = [await newNode('node-1'), await newNode('node-2')] as const
    await aws.place(server)
    await trustStandIn(server)
    const origin = `https://${server.address}:8470`
    const desk = newFolder('desk')
    const env = { HOME: newFolder('home') }

    async function newNode(name: string): Promise<Machine> {
      // The agent's unit has a /tmp of its own.
      const caFile = '/etc/fairlead/ca.pem'
      const policy = { ...nodePolicy, secret_manager_ca: caFile }
      const machine = await prepare({ ...lab, ca: { ...lab.ca, caFile } }, name, { init: 'systemd', policy })
      await writeFile(join(machine.etcDir, 'ca.pem'), lab.ca.caPem, { mode: 0o644 })
      await machine.startEngine({ config: { 'exec-opts': ['native.cgroupdriver=systemd'] } })
      await aws.place(machine)
      return machine
    }

    /** AWS has certificates that every machine trusts. */
    async function trustStandIn(machine: Machine): Promise<void> {
      const folder = '/etc/systemd/system/fairlead-server.service.d'
      const text = `[Service]\\nEnvironment=NODE_EXTRA_CA_CERTS=/etc/ssl/aws.pem\\n`
      await machine.mustExec(
        'sh',
        ['-ec', `cat > /etc/ssl/aws.pem; mkdir ${folder}; printf '${text}' > ${folder}/ca.conf`],
        {
          input: lab.ca.caPem,
        },
      )
    }

    async function type(...args: string[]): Promise<string> {
      const { status, stdout, stderr } = await cli(args, { cwd: desk, env, timeoutMs: 600_000 })
      if (status !== 0) throw new Error(`fairlead ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`)
      return stdout
    }
    const on = (machine: Machine, command: string, ...args: string[]): Promise<string> =>
      machine.mustExec(command, args, { env: { NO_COLOR: '1' }, timeoutMs: 120_000 })

    /** A file that the server writes at its first start. */
    const readable = (name: string): Promise<string> =>
      eventually(async () => (await server.exec('cat', [`/var/lib/fairlead-server/${name}`])).stdout || undefined, {
        what: `the server's ${name}`,
      })

    const steps = {
      'serve install, login': async () => {
        await on(server, executable.path, 'serve', 'install', '--listen', '0.0.0.0:8470', '--origin', origin)
        for (const name of ['ca.pem', 'admin-token']) {
          await writeFile(join(desk, name), await readable(name), { mode: 0o600 })
        }
        const login = ['login', '--host', origin, '--ca-file', 'ca.pem', '--token-file', 'admin-token']
        await eventually(() => type(...login).catch(() => undefined), { what: 'the login' })
      },
      'cloud create, cloud grant, cluster-env build': async () => {
        const place = ['--region', region, '--account-id', aws.moto.account, '--node-role', role]
        await type('cloud', 'create', '-n', 'prod', '--provider', 'aws', ...place)
        await type('cloud', 'grant', secret, '--cloud-name', 'prod', '--registry', registry.host)
        const config = { docker_image: image.reference, ray_version: rayVersion, registry_login_secret: secret }
        await writeFile(join(desk, 'my_cluster_env.yaml'), JSON.stringify(config))
        await type('cluster-env', 'build', '-n', 'my-env', '--cloud-name', 'prod', '--no-wait', 'my_cluster_env.yaml')
      },
      'policy --format aws, its commands, the login': async () => {
        const script = await type('policy', '--cluster-env', 'my-env', '--format', 'aws')
        await aws.bash(script)
        const [, enter = ''] = /^# (fairlead secret document .*)$/m.exec(script) ?? []
        const filled = enter
          .replace('REPLACE_WITH_USERNAME', login.username)
          .replace('REPLACE_WITH_REGISTRY_HOST', registry.host)
        await aws.bash(filled, `${login.password}\n`)
        await aws.applyRole()
      },
      'agent install, agent join: two machines online': async () => {
        const said = await type('node', 'join-token', '--cloud-name', 'prod')
        const [, join = ''] = /fairlead (agent join \S.*)$/m.exec(said) ?? []
        await Promise.all(
          nodes.map(async (machine) => {
            await on(machine, executable.path, 'agent', 'install')
            await on(machine, program, ...join.split(' '), '--name', machine.name)
          }),
        )
        await eventually(
          async () => {
            const { results } = JSON.parse(await type('node', 'list', '--json')) as {
              results: { state: string; facts: unknown }[]
            }
            return (
              results.filter(({ state, facts }) => state === 'online' && facts !== null).length === nodes.length ||
              undefined
            )
          },
          { what: 'two nodes are online', timeoutMs: 60_000 },
        )
      },
      'the image is checked': () => type('cluster-env', 'verify', 'my-env'),
      'cluster start: pulled and running': () =>
        whileRayStarts(() => type('cluster', 'start', '-n', 'my-cluster', '--env', 'my-env', '--workers', '1')),
      'a task on each node': async () => {
        const found = await rayTaskOnEachNode(await findRayHead(nodes))
        const missing = nodes.filter(({ address }) => !found.includes(address))
        if (missing.length > 0) throw new Error(`the task did not run on ${missing.map(({ name }) => name).join(', ')}`)
      },
    } satisfies Record<string, () => Promise<unknown>>
    return { imageBytes: image.bytes, steps }
  })
