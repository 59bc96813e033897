/** Machines with engines on a separate network, with nothing left of them afterwards. */
import { existsSync } from 'node:fs'
import { readFile, mkdir, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCa, createNetwork, makeImage, mustRun, pushImage, runFolder, startRegistry } from '../index.ts'

test('two machines pull one image from a TLS registry on the host, reach each other, and leave nothing behind', async () => {
  const before = await traces()
  let link = ''
  {
    await using network = await createNetwork()
    link = linkOf(network.hostAddress)
    const tls = await createCa()
    await using registry = await startRegistry({
      host: network.hostAddress,
      name: 'registry.example.test',
      tls,
      auth: { kind: 'htpasswd', users: { robot: 'secret' } },
    })
    const login = { username: 'robot', password: 'secret' }
    const image = await makeImage({ files: { 'hello.txt': 'hello from the image' } })
    await pushImage(
      { ...registry, url: `https://${network.hostAddress}:${registry.port}` },
      'team/app',
      '1',
      image,
      login,
    )

    const machines = await Promise.all(['node-1', 'node-2'].map((name) => network.machine(name)))
    const seen = await Promise.all(
      machines.map(async (machine) => {
        await machine.writeHosts({ 'registry.example.test': network.hostAddress })
        const trust = join(machine.dockerEtcDir, 'certs.d', registry.host)
        await mkdir(trust, { recursive: true })
        await writeFile(join(trust, 'ca.crt'), tls.caPem)
        await machine.startEngine()
        const reference = `${registry.host}/team/app:1`
        await machine.mustExec('docker', ['login', registry.host, '-u', 'robot', '--password-stdin'], {
          input: 'secret',
        })
        await machine.mustExec('docker', ['pull', reference])
        const output = await machine.mustExec('docker', [
          'run',
          '--rm',
          '--network',
          'host',
          reference,
          'cat',
          'hello.txt',
        ])
        await machine.mustExec('docker', ['run', '-d', reference, 'sleep', '1000'])
        return output
      }),
    )
    expect(seen).toEqual(['hello from the image', 'hello from the image'])

    const [one, two] = machines
    if (one === undefined || two === undefined) throw new Error('two machines were asked for')
    await one.mustExec('/bin/busybox', ['ping', '-c', '1', '-W', '2', two.address])
    await two.mustExec('/bin/busybox', ['ping', '-c', '1', '-W', '2', one.address])
    expect(await readFile(join(one.homeDir, '.docker/config.json'), 'utf8')).toContain(registry.host)
    expect(await one.mustExec('hostname', [])).toBe('node-1\n')
  }
  expect(await traces()).toEqual(before)
  expect(link in networkInterfaces()).toBe(false)
})

test('what a machine writes to /etc/fairlead is its own, and a test can inspect it', async () => {
  await using network = await createNetwork()
  const machine = await network.machine('alone')
  await writeFile(join(machine.etcDir, 'policy.yaml'), 'share_logs: false\n')
  expect(await machine.mustExec('cat', ['/etc/fairlead/policy.yaml'])).toBe('share_logs: false\n')
  await machine.mustExec('sh', ['-c', 'echo here > /var/lib/fairlead/state && echo x > /etc/only-there'])
  expect(await readFile(join(machine.stateDir, 'state'), 'utf8')).toBe('here\n')
  expect(existsSync('/etc/only-there')).toBe(false)
})

test('an undefined name does not exist, and the answer comes at once', async () => {
  await using network = await createNetwork()
  const machine = await network.machine('alone')
  await machine.writeHosts({ 'known.example.test': network.hostAddress })
  const ask = (host: string) => `dns.promises.lookup('${host}').then((a) => a.address, (e) => e.code).then(console.log)`
  const lookup = (host: string) => machine.mustExec(process.execPath, ['-e', ask(host)])
  expect(await lookup('known.example.test')).toBe(`${network.hostAddress}\n`)
  expect(await lookup('unknown.example.test')).toBe('ENOTFOUND\n')
})

test('a process on a machine has its real process id here, and can be killed', async () => {
  await using network = await createNetwork()
  const machine = await network.machine('alone')
  const process = machine.spawn('sh', ['-c', 'echo ready; exec sleep 1000'], { env: { A: 'b' } })
  await expect.poll(process.log, { timeout: 10_000 }).toBe('ready\n')
  expect(await readFile(`/proc/${process.pid}/cmdline`, 'utf8')).toBe('sleep\x001000\x00')
  process.kill('SIGKILL')
  expect(await process.exited).toBe(137)
})

test('a machine whose cable is pulled cannot be reached until it is plugged back in', async () => {
  await using network = await createNetwork()
  const machine = await network.machine('alone')
  const ping = () => machine.exec('/bin/busybox', ['ping', '-c', '1', '-W', '1', network.hostAddress])
  // A single ping waits a second, which a busy machine may need to find the neighbour.
  const isReached = () => expect.poll(async () => (await ping()).status, { timeout: 10_000 }).toBe(0)
  await isReached()
  await network.setLink(machine, 'down')
  expect((await ping()).status).not.toBe(0)
  await network.setLink(machine, 'up')
  await isReached()
})

test('an engine killed abruptly can be started again, and its image is still there', async () => {
  await using network = await createNetwork()
  const machine = await network.machine('alone')
  await using registry = await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } })
  await pushImage(registry, 'app', '1', await makeImage(), null)
  const engine = await machine.startEngine({ config: { 'insecure-registries': [registry.host] } })
  const untilTold = ['sh', '-c', 'trap exit TERM; sleep 1000 & wait']
  await machine.mustExec('docker', ['run', '-d', '--name', 'one', `${registry.host}/app:1`, ...untilTold])
  engine.kill('SIGKILL')
  await expect.poll(() => existsSync(`/proc/${engine.pid}`), { timeout: 10_000 }).toBe(false)
  await engine.start()
  expect(await machine.mustExec('docker', ['ps', '-a', '--format', '{{.Names}} {{.State}}'])).toBe('one exited\n')
  await machine.mustExec('docker', ['start', 'one'])
  await engine.restart()
  expect(await machine.mustExec('docker', ['images', '-q'])).toMatch(/^[0-9a-f]{12}\n$/)
})

test('an engine on a small separate disk runs out of space; on a new disk it has nothing', async () => {
  await using network = await createNetwork()
  const machine = await network.machine('alone')
  await using registry = await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } })
  await pushImage(registry, 'app', '1', await makeImage({ layers: [{ randomBytes: 30_000_000 }] }), null)
  await pushImage(registry, 'small', '1', await makeImage(), null)
  const config = { 'insecure-registries': [registry.host] }
  const engine = await machine.startEngine({ config, disk: { kind: 'ext4', bytes: 32 * 1024 * 1024 } })
  await machine.mustExec('docker', ['pull', `${registry.host}/small:1`])
  const pull = await machine.exec('docker', ['pull', `${registry.host}/app:1`])
  expect(pull.stderr).toContain('no space left on device')

  await engine.stop()
  await machine.startEngine({ config, disk: { kind: 'ext4', bytes: 64 * 1024 * 1024 } })
  expect(await machine.mustExec('docker', ['images', '-q'])).toBe('')
})

/** What a run could leave behind: processes, mounts, namespaces, folders. */
async function traces(): Promise<string[]> {
  const folder = runFolder()
  const processes = (await mustRun('ps', ['-eo', 'args'])).split('\n').filter((line) => line.includes(folder))
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').filter((line) => line.includes(folder))
  const namespaces = (await mustRun('ip', ['netns', 'list'])).split('\n')
  return [...processes.filter((line) => !line.startsWith('sh -c')), ...mounts, ...namespaces]
}

function linkOf(address: string): string {
  const found = Object.entries(networkInterfaces()).find(([, list]) => list?.some((entry) => entry.address === address))
  return found?.[0] ?? ''
}
