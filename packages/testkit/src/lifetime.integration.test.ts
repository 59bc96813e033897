/** Whatever a run starts ends with it, however the run ends. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { mustRun } from './index.ts'

const run = `
import * as kit from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}
const network = await kit.createNetwork()
const registry = await kit.startRegistry({ host: network.hostAddress, auth: { kind: 'none' } })
await kit.pushImage(registry, 'app', '1', await kit.makeImage(), null)
const machine = await network.machine('alone')
await machine.startEngine({ config: { 'insecure-registries': [registry.host] } })
await machine.mustExec('docker', ['run', '-d', registry.host + '/app:1', 'sleep', '1000'])
await machine.mustExec('docker', ['run', '-d', '--network', 'host', registry.host + '/app:1', 'sleep', '1000'])
machine.spawn('sleep', ['1000'])
await network.machine('booted', { init: 'systemd' })
console.log(JSON.stringify({ folder: kit.runFolder(), address: network.hostAddress }))
setInterval(() => {}, 1000)
`

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s leaves no process, mount, link, folder or cgroup',
  async (signal) => {
    const child = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', process.execPath, '--input-type=module-typescript', '--eval', run],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [line] = (await child.stdout.setEncoding('utf8').take(1).toArray()) as [string]
    const { folder, address } = JSON.parse(line) as { folder: string; address: string }
    const containers = await readdir(`${folder}/alone/docker/containers`)
    expect(containers).toHaveLength(2)
    expect(await traces(folder, address, containers)).not.toEqual([])
    child.kill(signal)
    const left = (): Promise<string[]> => traces(folder, address, containers)
    await expect.poll(left, { timeout: 20_000, interval: 200 }).toEqual([])
  },
)

async function traces(folder: string, address: string, containers: readonly string[]): Promise<string[]> {
  const having = (text: string, part: string): string[] => text.split('\n').filter((line) => line.includes(part))
  const cgroups = await mustRun('find', ['/sys/fs/cgroup', '-type', 'd'])
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.map((entry) => entry.address))
  return [
    ...having(await mustRun('ps', ['-eo', 'args']), folder),
    ...having(await readFile('/proc/mounts', 'utf8'), folder),
    ...[...containers, basename(folder)].flatMap((name) => having(cgroups, name)),
    ...addresses.filter((found) => found === address),
    ...(existsSync(folder) ? [folder] : []),
  ]
}
