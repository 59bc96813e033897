/**
 * The one-file program as the control plane of a machine that runs systemd as its first process: installed, killed, given a renewed
 * certificate, replaced, misconfigured and removed, while its data stay.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCa, createNetwork, eventually, newFolder, type Machine, type TestCa } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unitText as agentUnitText } from '../../../packages/cli/src/commands/agent/install-unit.ts'
import { oneFile } from './one-file.ts'

const unit = 'fairlead-server.service'
const program = '/usr/local/bin/fairlead'
const dataDir = '/var/lib/fairlead-server'
const tokenFile = `${dataDir}/admin-token`
const settings = '/etc/fairlead-server/server.env'
const parts = new AsyncDisposableStack()
let executable: string
let machine: Machine
let folder: string
let ca: TestCa
let origin: string
let adminToken: string

beforeAll(async () => {
  executable = await oneFile()
  const network = parts.use(await createNetwork())
  machine = await network.machine('server', { init: 'systemd' })
  folder = newFolder('server-files')
  ca = await createCa()
  await copyFile(ca.caFile, join(folder, 'ca.pem'))
  origin = `https://${machine.address}`
  await writeCertificate()
})
afterAll(() => parts.disposeAsync())

async function writeCertificate(): Promise<void> {
  const { certPem, keyPem } = await ca.issue([machine.address])
  await writeFile(join(folder, 'cert.pem'), certPem, { mode: 0o600 })
  await writeFile(join(folder, 'key.pem'), keyPem, { mode: 0o600 })
}

const onMachine = (script: string): Promise<string> => machine.mustExec('sh', ['-ec', script])
const fairlead = (...args: string[]): Promise<string> =>
  machine.mustExec(program, args, { env: { NO_COLOR: '1' }, timeoutMs: 60_000 })
const install = (...flags: string[]): Promise<string> =>
  machine.mustExec(executable, ['serve', 'install', ...flags], { env: { NO_COLOR: '1' } })
const unitSays = async (name: string): Promise<string> =>
  (await machine.mustExec('systemctl', ['show', '--property', name, '--value', unit])).trim()
const journal = (): Promise<string> => onMachine(`journalctl --unit ${unit} --output cat --no-pager`)

/** Returns its process as the machine sees it. */
async function ready(): Promise<number> {
  const ask = `curl --silent --fail --max-time 2 --cacert ${folder}/ca.pem ${origin}/readyz >/dev/null && echo ready || true`
  await eventually(async () => ((await onMachine(ask)).trim() === 'ready' ? true : undefined), {
    what: 'the server is ready',
    timeoutMs: 40_000,
  })
  return Number(await unitSays('MainPID'))
}

const login = async (): Promise<string> => {
  const at = ['--host', origin, '--ca-file', `${folder}/ca.pem`]
  await fairlead('login', ...at, '--token-file', tokenFile)
  return fairlead('cloud', 'list', '--json')
}

test('is ready after one command, and its admin signs in with the token of a file that root and its user read', async () => {
  const tls = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')]
  const said = await install('--listen', `${machine.address}:443`, '--origin', origin, ...tls)
  expect(said).toContain('next:  journalctl --unit fairlead-server')
  await ready()
  expect(await unitSays('UnitFileState')).toBe('enabled')
  expect(await onMachine(`stat -c '%U %a' ${dataDir} ${tokenFile} ${settings}`)).toBe(
    'fairlead 700\nfairlead 600\nroot 600\n',
  )
  expect(await onMachine('stat -c "%U:%G %a" /etc/fairlead-server/key.pem')).toBe('root:fairlead 640\n')
  await login()
  await fairlead('cloud', 'create', '-n', 'kept', '--provider', 'local')
  adminToken = (await onMachine(`cat ${tokenFile}`)).trim()
  const log = await journal()
  expect(log).toContain(`--token-file ${tokenFile}`)
  expect(log).not.toContain(adminToken)
})

describe('the live process has the limits of its unit', () => {
  let status: string
  let pid: number

  beforeAll(async () => {
    pid = await ready()
    status = await onMachine(`cat /proc/${pid}/status`)
  })
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]

  test('it runs as its own user, with the one capability for ports below 1024', async () => {
    expect(field('Uid')?.split('\t')[0]).toBe((await onMachine('id -u fairlead')).trim())
    expect([field('NoNewPrivs'), field('Seccomp'), field('Umask')]).toEqual(['1', '2', '0077'])
    const bind = (1 << 10).toString(16).padStart(16, '0')
    expect([field('CapBnd'), field('CapEff'), field('CapPrm')]).toEqual([bind, bind, bind])
    expect(await onMachine(`grep "core file" /proc/${pid}/limits`)).toMatch(/^Max core file size\s+0\s+0\s/)
  })

  test('it can write only to its own folder, and read neither its settings nor other processes', async () => {
    const inside = (command: string) =>
      onMachine(
        `nsenter -t ${pid} --mount setpriv --reuid fairlead --regid fairlead --clear-groups sh -c '${command}' 2>/dev/null || true`,
      )
    const write = (path: string) => `(: > ${path}) && echo ${path}; `
    const paths = ['/etc/x', '/etc/fairlead-server/x', '/usr/local/bin/x', '/var/x', `${dataDir}/x`, '/run/x']
    expect((await inside(`${paths.map(write).join('')} true`)).trim()).toBe(`${dataDir}/x`)
    await onMachine(`rm ${dataDir}/x`)
    expect(await inside(`cat ${settings}`)).toBe('')
    expect(await inside('cat /proc/1/cmdline')).toBe('')
  })

  test('systemd rates it as less exposed than the agent', async () => {
    await writeFile(join(folder, 'fairlead-agent.service'), agentUnitText(program))
    const exposure = async (file: string): Promise<number> => {
      const said = await onMachine(`systemd-analyze security --offline=true --no-pager ${file}`)
      return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1])
    }
    const server = await exposure(`/etc/systemd/system/${unit}`)
    const agent = await exposure(join(folder, 'fairlead-agent.service'))
    console.log(`exposure by systemd-analyze: server ${server}, agent ${agent}`)
    expect(server).toBeLessThan(agent)
  })
})

test('is restarted by systemd after it was killed, with everything that it had acknowledged', async () => {
  const before = await ready()
  await onMachine(`kill -9 ${before}`)
  await eventually(async () => (await unitSays('NRestarts')) !== '0' || undefined, { what: 'a restart' })
  expect(await ready()).not.toBe(before)
  expect(await login()).toContain('"kept"')
})

test('presents a renewed certificate without a restart', async () => {
  const before = await ready()
  const presented = () =>
    onMachine(`openssl s_client -connect ${machine.address}:443 </dev/null 2>/dev/null | openssl x509 -noout -serial`)
  const first = await presented()
  await writeCertificate()
  await onMachine(`install -m 0644 ${folder}/cert.pem /etc/fairlead-server/cert.pem
    install -m 0640 -g fairlead ${folder}/key.pem /etc/fairlead-server/key.pem
    systemctl reload ${unit}`)
  await eventually(async () => ((await presented()) === first ? undefined : true), { what: 'the renewed certificate' })
  expect(await ready()).toBe(before)
})

/** From the last answer before `work` to the first one after the server was away, for whoever asks again and again. */
async function awayWhile(work: () => Promise<unknown>): Promise<number> {
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const asking = get(`${origin}/readyz`, { ca: ca.caPem, agent: false, timeout: 1000 }, (answer) => {
        answer.resume()
        resolve(answer.statusCode === 200)
      })
      asking.on('error', () => resolve(false)).on('timeout', () => asking.destroy())
    })
  let last = performance.now()
  let longest = 0
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      if (await answers()) {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
      }
      await sleep(20)
    }
  })()
  await work()
  await ready()
  over.abort()
  await watching
  return longest
}

test('a newer file takes its place with one command; settings, certificate and data stay', async () => {
  const before = await ready()
  const kept = await onMachine(`sha256sum ${settings} /etc/fairlead-server/*.pem`)
  const ms = await awayWhile(() => install())
  console.log(`the server was away for ${(ms / 1000).toFixed(1)} s`)
  expect(await ready()).not.toBe(before)
  expect(await onMachine(`sha256sum ${settings} /etc/fairlead-server/*.pem`)).toBe(kept)
  expect(await login()).toContain('"kept"')
})

test('a mistake in its settings stops it with a problem in the journal, and is not tried again and again', async () => {
  await onMachine(`cp ${settings} ${settings}.good
    echo 'FAIRLEAD_SERVE_FLAGS="--listen nonsense"' > ${settings}
    systemctl restart ${unit} || true`)
  await eventually(async () => (await unitSays('ActiveState')) === 'failed' || undefined, { what: 'it gives up' })
  expect(await unitSays('ExecMainStatus')).toBe('2')
  expect(await journal()).toContain('(USAGE)')
  await onMachine(`mv ${settings}.good ${settings}; systemctl restart ${unit}`)
  await ready()
})

test('tries a database that does not answer until it does, and logs no password', async () => {
  await onMachine(`cp ${settings} ${settings}.good
    echo 'FAIRLEAD_DATABASE="postgres://fairlead:canary@127.0.0.1:1/fairlead"' >> ${settings}
    systemctl restart ${unit}`)
  await eventually(async () => Number(await unitSays('NRestarts')) > 0 || undefined, { what: 'another try' })
  const log = await journal()
  expect(log).toContain('(DATABASE_NOT_REACHED)')
  expect(log).not.toContain('canary')
  await onMachine(`mv ${settings}.good ${settings}; systemctl restart ${unit}`)
  await ready()
})

test('uninstalling leaves settings and data, with which an installation goes on; --purge leaves nothing', async () => {
  const pid = await ready()
  await fairlead('serve', 'uninstall')
  expect([await unitSays('LoadState'), await unitSays('ActiveState')]).toEqual(['not-found', 'inactive'])
  await expect(readFile(`/proc/${pid}/root${program}`)).rejects.toThrow('ENOENT')
  expect(await onMachine(`stat -c %U ${dataDir}/fairlead.sqlite`)).toBe('fairlead\n')

  await install()
  await ready()
  expect(await login()).toContain('"kept"')
  expect((await onMachine(`cat ${tokenFile}`)).trim()).toBe(adminToken)

  await fairlead('serve', 'uninstall', '--purge')
  const places = `/usr/local/bin /etc/systemd/system /etc/sysusers.d /etc/fairlead-server ${dataDir}`
  expect(await onMachine(`find ${places} -name '*fairlead*' 2>/dev/null || true`)).toBe('')
})
