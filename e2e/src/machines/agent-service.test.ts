/**
 * The one-file program on an AWS machine that runs systemd as its first process and whose Docker leaves control groups to systemd: installed,
 * joined, killed, replaced and removed, while a Ray container keeps running.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  eventually,
  makeFakeRayImage,
  newFolder,
  pushImage,
  startFairleadServe,
  startRegistry,
  type FairleadAccess,
  type Machine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oneFile } from './one-file.ts'

const unit = 'fairlead-agent.service'
const program = '/usr/local/bin/fairlead'
const metadata = 'what only the node may see'
const parts = new AsyncDisposableStack()
let executable: string
let machine: Machine
let access: FairleadAccess
let image: string
let rulesBefore: string

beforeAll(async () => {
  executable = await oneFile()
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  const registry = parts.use(await startRegistry({ host: network.hostAddress, tls, auth: { kind: 'none' } }))
  await pushImage(registry, 'team/app', '1', await makeFakeRayImage(), null)
  image = `${registry.host}/team/app:1`
  const serve = parts.use(await startFairleadServe({ listen: `${network.hostAddress}:0` }))
  access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const place = ['--provider', 'aws', '--region', 'eu-central-1', '--account-id', '123456789012', '--join', 'token']
  await cliJson(['cloud', 'create', '-n', 'lab', ...place], access)

  machine = await network.machine('one-file', { init: 'systemd' })
  await machine.startEngine({ config: { 'exec-opts': ['native.cgroupdriver=systemd'] } })
  await serveMetadata()
  // The machine's owner may do this; it saves the test ten seconds per start.
  await onMachine(
    `mkdir /etc/systemd/system/${unit}.d; printf '[Service]\\nRestartSec=1\\n' > /etc/systemd/system/${unit}.d/soon.conf`,
  )
  rulesBefore = await rules()
  await copyFile(tls.caFile, join(machine.etcDir, 'registry-ca.pem'))
  const policy = { registry_ca: { [registry.host]: '/etc/fairlead/registry-ca.pem' }, disk_reserve_bytes: 0 }
  await writeFile(join(machine.etcDir, 'policy.yaml'), JSON.stringify(policy), { mode: 0o644 })
})
afterAll(() => parts.disposeAsync())

const onMachine = (script: string): Promise<string> => machine.mustExec('sh', ['-ec', script])
const fairlead = (...args: string[]): Promise<string> =>
  machine.mustExec(program, args, { env: { NO_COLOR: '1' }, timeoutMs: 60_000 })
const unitSays = async (name: string): Promise<string> =>
  (await machine.mustExec('systemctl', ['show', '--property', name, '--value', unit])).trim()
const ask = 'curl --silent --max-time 3 http://169.254.169.254/ || echo nothing'
/** The same, including the contents of the container's image. */
const askInContainer = (id: string): Promise<string> =>
  onMachine(`docker exec ${id} sh -c '
    answer=$(printf "GET / HTTP/1.0\\r\\n\\r\\n" | nc -w 3 169.254.169.254 80 2>/dev/null | tail -n 1)
    echo "\${answer:-nothing}"'`)

async function serveMetadata(): Promise<void> {
  const site = join(machine.dir, 'metadata')
  await onMachine(`ip address add 169.254.169.254/32 dev lo; mkdir ${site}; echo "${metadata}" > ${site}/index.html`)
  machine.spawn('busybox', ['httpd', '-f', '-p', '169.254.169.254:80', '-h', site])
  await eventually(async () => ((await onMachine(ask)).trim() === metadata ? true : undefined), {
    what: 'the metadata service',
  })
}

const rules = (): Promise<string> =>
  onMachine('for p in iptables ip6tables; do for t in filter raw; do $p -t $t -S; done; done')

interface Node {
  readonly name: string
  readonly state: string
  readonly last_heard_at: string | null
}

/** Resolves once the agent has reported after this call; returns its process ID as the machine sees it. */
async function heard(): Promise<number> {
  const since = Date.now()
  await eventually(
    async () => {
      const { results } = await cliJson<{ results: Node[] }>(['node', 'list'], access)
      const [node] = results
      return node?.state === 'online' && Date.parse(node.last_heard_at ?? '') > since ? true : undefined
    },
    { what: 'the node is heard', timeoutMs: 40_000, everyMs: 200 },
  )
  return Number(await unitSays('MainPID'))
}

test('waits to be joined after the install, then starts without a restart', async () => {
  const said = await machine.exec(executable, ['agent', 'install'], { env: { NO_COLOR: '1' } })
  expect(said).toMatchObject({ status: 0, stdout: expect.stringContaining('next:  sudo fairlead agent join') })
  // Debian’s Docker can use no door.
  expect(said.stderr).toMatch(/^warning: Docker 20\.10\S* is older than 29.* \(ENGINE_OUTDATED\)\nfix: +Update Docker/)
  expect(await unitSays('UnitFileState')).toBe('enabled')
  const { token } = await cliJson<{ token: string }>(['node', 'join-token'], access)
  const joining = ['agent', 'join', '--host', access.host!, '--provider', 'aws', '--name', 'node']
  expect(await machine.mustExec(program, joining, { input: token })).toContain(
    'next:  fairlead agent status; systemd starts',
  )
  expect(await heard()).toBeGreaterThan(1)
  expect(await unitSays('ActiveState')).toBe('active')
})

describe('S25: the live process has the limits of its unit', () => {
  let status: string
  let pid: number

  beforeAll(async () => {
    pid = Number(await unitSays('MainPID'))
    status = await onMachine(`cat /proc/${pid}/status`)
  })
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]

  test('no core file, no swap', async () => {
    expect(await onMachine(`grep "core file" /proc/${pid}/limits`)).toMatch(/^Max core file size\s+0\s+0\s/)
    // What a kernel that pipes cores to a program would pass to it.
    expect((await onMachine(`cat /proc/${pid}/coredump_filter`)).trim()).toBe('00000000')
    expect(await unitSays('MemorySwapMax')).toBe('0')
    // As far as this host's version 2 control groups support memory.
    const group = `/sys/fs/cgroup${await unitSays('ControlGroup')}`
    const swap = await onMachine(`grep -qw memory ${group}/cgroup.controllers || exit 0; cat ${group}/memory.swap.max`)
    expect(swap.trim()).toMatch(/^0?$/)
  })

  test('no new privileges, a system call filter, and four capabilities', () => {
    expect([field('NoNewPrivs'), field('Seccomp'), field('Umask')]).toEqual(['1', '2', '0077'])
    // CAP_DAC_READ_SEARCH 2, CAP_NET_ADMIN 12, CAP_NET_RAW 13, CAP_SYS_PTRACE 19.
    const four = ((1 << 2) | (1 << 12) | (1 << 13) | (1 << 19)).toString(16).padStart(16, '0')
    expect([field('CapBnd'), field('CapEff'), field('CapPrm')]).toEqual([four, four, four])
  })

  test('a file system that is read-only except /run and its own folder', async () => {
    const inside = (path: string) => `nsenter -t ${pid} --mount sh -c ': > ${path}' 2>/dev/null && echo ${path}; `
    const paths = [
      '/etc/x',
      '/etc/fairlead/x',
      '/usr/local/bin/x',
      '/root/x',
      '/var/x',
      '/var/lib/fairlead/x',
      '/run/x',
    ]
    expect((await onMachine(`${paths.map(inside).join('')} true`)).trim().split('\n')).toEqual([
      '/var/lib/fairlead/x',
      '/run/x',
    ])
    expect(await onMachine('stat -c %a /var/lib/fairlead')).toBe('700\n')
  })
})

describe('a Ray container on it', () => {
  const container = async (): Promise<string> => (await onMachine('docker ps --quiet --no-trunc')).trim()
  const start = (name: string) => cli(['cluster', 'start', '-n', name, '--env', 'app:1'], access)
  const end = async (name: string): Promise<void> => {
    await cliJson(['cluster', 'terminate', '-n', name], access)
    await expect.poll(container).toBe('')
  }
  let id: string

  test('is created in the slice for workloads', async () => {
    const file = join(newFolder('config'), 'env.yaml')
    await writeFile(file, JSON.stringify({ docker_image: image, ray_version: '2.55.1' }))
    const built = await cli(['cluster-env', 'build', '-n', 'app', file], access)
    expect(built.status, built.stdout + built.stderr).toBe(0)
    const started = await start('ray')
    expect(started.status, started.stdout + started.stderr).toBe(0)
    id = await container()
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    const group = await onMachine(`cat /proc/$(docker inspect --format {{.State.Pid}} ${id})/cgroup`)
    expect(group).toContain(`0::/fairlead.slice/docker-${id}.scope\n`)
  })

  test('S14: gets nothing from the metadata service, while the agent and the machine do', async () => {
    expect(await askInContainer(id)).toBe('nothing\n')
    expect(await onMachine(ask)).toBe(`${metadata}\n`)
    const other = (
      await onMachine(`docker run -d --network host $(docker inspect -f {{.Image}} ${id}) sleep 99`)
    ).trim()
    expect(await askInContainer(other)).toBe(`${metadata}\n`)
    await onMachine(`docker rm -f ${other}`)
    const own = `/sys/fs/cgroup${await unitSays('ControlGroup')}/cgroup.procs`
    expect(await onMachine(`echo $$ > ${own}; ${ask}`)).toBe(`${metadata}\n`)
    expect(await fairlead('agent', 'status')).toMatch(/metadata.*refused/i)
  })

  test('S14: gets nothing after systemd re-executes itself', async () => {
    await onMachine('systemctl daemon-reload; systemctl daemon-reexec')
    expect(await askInContainer(id)).toBe('nothing\n')
  })

  test('keeps running while the agent is killed and restarted by systemd', async () => {
    const before = Number(await unitSays('MainPID'))
    await onMachine(`kill -9 ${before}`)
    expect(await heard()).not.toBe(before)
    expect(await container()).toBe(id)
    expect(await askInContainer(id)).toBe('nothing\n')
  })

  test('keeps running while a newer file replaces the agent’s', async () => {
    const before = await unitSays('MainPID')
    expect(await machine.mustExec(executable, ['agent', 'install'])).toContain('next:  fairlead agent status')
    expect(await heard()).not.toBe(Number(before))
    expect(await container()).toBe(id)
  })

  test('S14: another one gets nothing after the slice has been empty', async () => {
    await end('ray')
    const started = await start('ray-2')
    expect(started.status, started.stdout + started.stderr).toBe(0)
    expect(await askInContainer(await container())).toBe('nothing\n')
  })

  test('S14: none starts after the slice was removed, until the agent restarts', async () => {
    await end('ray-2')
    await onMachine('systemctl stop fairlead.slice')
    const refused = await start('ray-3')
    expect(refused.stdout + refused.stderr).toContain('METADATA_EXPOSED')
    await end('ray-3')
    await onMachine(`systemctl restart ${unit}`)
    await heard()
    const started = await start('ray-4')
    expect(started.status, started.stdout + started.stderr).toBe(0)
    expect(await askInContainer(await container())).toBe('nothing\n')
    await end('ray-4')
  })
})

test('uninstalling stops and removes it, along with the rules for the metadata service', async () => {
  const pid = await unitSays('MainPID')
  expect(await rules()).toContain('FAIRLEAD')
  expect(await fairlead('agent', 'uninstall')).toContain('fairlead node revoke node')
  expect(await rules()).toBe(rulesBefore)
  expect([await unitSays('LoadState'), await unitSays('ActiveState')]).toEqual(['not-found', 'inactive'])
  await expect(readFile(`/proc/${pid}/root${program}`)).rejects.toThrow('ENOENT')
  expect(await onMachine('ls /usr/local/bin; ls /etc/systemd/system/*.wants; ls /etc/fairlead')).not.toMatch(
    /fairlead$/m,
  )
})
