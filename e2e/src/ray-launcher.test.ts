/**
 * Ray's own launcher starts the nodes (S20): `ray up` over ssh, with the file that `fairlead launch-config` printed. The machines pull the
 * private image themselves; neither Ray nor Docker gets a password.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  eventually,
  newFolder,
  rayTaskOnEachNode,
  scanFiles,
  secretForms,
  whileRayStarts,
  type Machine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRayLauncherSystem, type RayLauncherSystem } from './ray-launcher/ray-launcher-system.ts'

const container = 'fairlead-ray'
/** What a shell, YAML and Python would each read differently. */
const greeting = `it's "$HOME" & 'more' #1: ~/x {} %s`

let system: RayLauncherSystem
let file: string

beforeAll(async () => {
  system = await startRayLauncherSystem()
  file = join(newFolder('config'), 'cluster.yaml')
})
afterAll(() => system?.[Symbol.asyncDispose]())

interface Container {
  Id: string
  Config: { Image: string; Env: string[] }
}

async function containerOn(machine: Machine): Promise<Container | undefined> {
  const { status, stdout } = await machine.exec('docker', ['inspect', '--type', 'container', container])
  return status === 0 ? (JSON.parse(stdout) as [Container])[0] : undefined
}

const addresses = (): string[] => system.machines.map(({ address }) => address).sort()

/** What Ray's launcher on the head says about its workers. */
async function monitorLog(): Promise<string> {
  const tail = 'tail -n 40 /tmp/ray/session_latest/logs/monitor.*'
  const { stdout } = await system.head.exec('docker', ['exec', container, 'sh', '-c', tail])
  return stdout
}

/** `before`: the worker's previous container. */
async function untilTaskOnBoth(before?: string): Promise<void> {
  let log = ''
  await eventually(
    async () => {
      log = await monitorLog()
      const id = (await containerOn(system.worker))?.Id
      return id === undefined || id === before ? undefined : true
    },
    { what: "Ray's launcher started the worker", timeoutMs: 150_000, everyMs: 1000, evidence: () => log },
  )
  const head = { machine: system.head, container }
  await eventually(async () => ((await rayTaskOnEachNode(head)).join() === addresses().join() ? true : undefined), {
    what: 'a Ray task ran on both nodes',
    timeoutMs: 90_000,
    everyMs: 1000,
  })
}

describe('ray up with a private image', () => {
  test('the file is printed from the build, and the user fills in four places', async () => {
    const yaml = join(newFolder('config'), 'env.yaml')
    const vars = {
      GREETING: greeting,
      RAY_DASHBOARD_SUBPROCESS_MODULE_WAIT_READY_TIMEOUT: '120',
      RAY_agent_register_timeout_ms: '120000',
    }
    await writeFile(
      yaml,
      JSON.stringify({
        docker_image: system.image.reference,
        ray_version: '2.55.1',
        env_vars: vars,
        registry_login_secret: system.secretName,
      }),
    )
    const built = await system.fairlead('cluster-env', 'build', '-n', system.clusterEnv, yaml)
    expect(built.status, built.stdout + built.stderr).toBe(0)
    const { url, sha256 } = system.install
    const install = ['--install-from', url, '--install-sha256', sha256]
    const printed = await system.fairlead('launch-config', system.clusterEnv, '--for', 'ray-local', ...install)
    expect(printed.status, printed.stderr).toBe(0)
    expect(printed.stdout).toContain(
      'Replace before use: provider.head_ip, provider.worker_ips.0, auth.ssh_user, auth.ssh_private_key\n',
    )
    const filled = printed.stdout
      .replace('REPLACE_WITH_HEAD_ADDRESS', system.head.address)
      .replace('REPLACE_WITH_WORKER_ADDRESS', system.worker.address)
      .replace('REPLACE_WITH_USER', 'root')
      .replace('REPLACE_WITH_PRIVATE_KEY_FILE', system.keys.privateKeyFile)
    expect(filled).not.toContain('REPLACE_WITH_')
    await writeFile(file, filled)
  })

  test('ray up starts the head, the launcher on the head starts the worker, and a task runs on both', async () => {
    const up = await whileRayStarts(() => system.ray('up', '-y', '--no-config-cache', file))
    expect(up.status, up.stdout + up.stderr).toBe(0)
    await untilTaskOnBoth()
  })

  test('both run the digest of the build under its local name, with the variables as typed', async () => {
    for (const machine of system.machines) {
      const running = await containerOn(machine)
      expect(running?.Config.Image).toBe(
        `${system.registry.host}/team/ray:fairlead-${system.image.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`,
      )
      expect(running?.Config.Env).toContain(`GREETING=${greeting}`)
    }
  })

  test('the password is in no file of Ray, the user or a home, and Docker has no login (S5)', async () => {
    expect(await readFile(file, 'utf8')).not.toContain(system.login.password)
    const forms = secretForms(system.login.password)
    for (const machine of system.machines) {
      for (const folder of [machine.homeDir, machine.etcDir, machine.stateDir]) {
        expect((await scanFiles(folder, forms)).findings, folder).toEqual([])
      }
      const inspected = await machine.mustExec('docker', ['inspect', container])
      expect(inspected).not.toContain(system.login.password)
      const { stdout } = await machine.exec('sh', ['-c', 'cat "$HOME/.docker/config.json"'])
      expect(stdout).toBe('')
    }
    const told = ['exec', container, 'sh', '-c', 'cat ~/ray_bootstrap_config.yaml']
    const config = await system.head.mustExec('docker', told)
    expect(config).toContain(system.secretName)
    expect(config).not.toContain(system.login.password)
  })

  test('a killed worker is replaced by the head’s own autoscaler, and nothing is downloaded again', async () => {
    const before = await containerOn(system.worker)
    const fetched = await system.image.layerRequests()
    await system.worker.mustExec('docker', ['kill', container])
    await untilTaskOnBoth(before?.Id)
    expect(await system.image.layerRequests()).toBe(fetched)
  })
})
