/** The Debian package on a machine that runs systemd: installed, used, upgraded while it runs, removed and purged. */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { version } from '@fairlead/contract/release'
import { createNetwork, mustRun, newFolder, type Machine } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artefact } from './artefacts.ts'

const parts = new AsyncDisposableStack()
let machine: Machine
let file: string

const onMachine = (script: string): Promise<string> => machine.mustExec('sh', ['-ec', script])
const stateOf = async (unit: string): Promise<string> =>
  (await machine.exec('systemctl', ['show', '--property', 'ActiveState,UnitFileState', '--value', unit])).stdout.trim()

/** A new one at each start. */
const invocationOf = (unit: string): Promise<string> =>
  machine.mustExec('systemctl', ['show', '--property', 'InvocationID', '--value', unit])

beforeAll(async () => {
  // Where the machine sees it.
  file = join(newFolder('package'), 'fairlead.deb')
  await copyFile(await artefact(new RegExp(`^fairlead_.*_${process.arch === 'x64' ? 'amd64' : 'arm64'}\\.deb$`)), file)
  const network = parts.use(await createNetwork())
  machine = await network.machine('debian', { init: 'systemd' })
  await makeInstallable()
})
afterAll(() => parts.disposeAsync())

/** Such a machine shares this host's programs; here it may also write among them, and knows the packages that ours depends on. */
async function makeInstallable(): Promise<void> {
  await onMachine(`
    mkdir /own
    mount -t tmpfs tmpfs /own
    mkdir -p /own/usr/upper /own/usr/work /var/lib/dpkg/info /var/lib/dpkg/updates /var/log
    mount -t overlay overlay -o lowerdir=/usr,upperdir=/own/usr/upper,workdir=/own/usr/work /usr
    touch /var/lib/dpkg/available`)
  const needed = ['libatomic1', 'libc6', 'libgcc-s1', 'libstdc++6', 'systemd', 'dpkg']
  const known = await mustRun('dpkg-query', ['--status', ...needed])
  // Only that they are there.
  const status = known.split(/\n\n/).map((text) =>
    text
      .split('\n')
      .filter((line) => /^(?:Package|Status|Architecture|Multi-Arch|Version|Maintainer|Description):/.test(line))
      .join('\n'),
  )
  await machine.mustExec('sh', ['-c', 'cat > /var/lib/dpkg/status'], { input: `${status.join('\n\n')}\n` })
}

/** The same package as a later version. */
async function nextVersion(): Promise<string> {
  const folder = newFolder('next')
  const [content, next] = [join(folder, 'content'), join(folder, 'next.deb')]
  await mustRun('dpkg-deb', ['--raw-extract', file, content])
  const control = join(content, 'DEBIAN/control')
  await writeFile(control, (await readFile(control, 'utf8')).replace(/^Version: .*$/m, 'Version: 99.0.0'))
  await mustRun('dpkg-deb', ['--root-owner-group', '-Znone', '--build', content, next])
  return next
}

test('an install puts the program on the PATH, and starts nothing', async () => {
  await machine.mustExec('dpkg', ['--install', file], { timeoutMs: 250_000 })
  expect(await machine.mustExec('fairlead', ['--version'])).toBe(`${version}\n`)
  expect(await onMachine('readlink /usr/bin/docker-credential-fairlead')).toBe('fairlead\n')
  expect(await onMachine('stat -c %a /etc/fairlead/policy.yaml')).toBe('644\n')
  expect(await stateOf('fairlead-agent')).toBe('inactive\ndisabled')
})

test('systemd runs the agent of the package when it is asked to', async () => {
  await machine.mustExec('systemctl', ['enable', '--now', 'fairlead-agent'])
  await expect.poll(() => stateOf('fairlead-agent')).toMatch(/^(?:active|activating)\nenabled$/)
  const exec = await machine.mustExec('systemctl', ['show', '--property', 'ExecStart', 'fairlead-agent'])
  expect(exec).toContain('/usr/bin/fairlead agent run')
})

test('systemd runs the control plane of the package as its own user', async () => {
  await machine.mustExec('systemctl', ['enable', '--now', 'fairlead-server'])
  await expect
    .poll(async () => (await machine.exec('curl', ['--silent', 'http://127.0.0.1:8470/healthz'])).stdout, {
      timeout: 100_000,
    })
    .toBe('{"status":"ok"}')
  expect(await onMachine('stat -c "%U %a" /var/lib/fairlead-server')).toBe('fairlead 700\n')
  expect(await onMachine('stat -c %a /etc/fairlead-server/server.env')).toBe('600\n')
})

test('an upgrade keeps what the owner wrote, and restarts what runs', async () => {
  await onMachine('echo "share_logs: true" > /etc/fairlead/policy.yaml; echo kept > /var/lib/fairlead/kept')
  const before = await invocationOf('fairlead-server')
  await machine.mustExec('dpkg', ['--install', await nextVersion()], { timeoutMs: 250_000 })
  expect(await stateOf('fairlead-server')).toBe('active\nenabled')
  expect(await onMachine('cat /etc/fairlead/policy.yaml /var/lib/fairlead/kept')).toBe('share_logs: true\nkept\n')
  expect(await stateOf('fairlead-agent')).toMatch(/\nenabled$/)
  expect(await invocationOf('fairlead-server')).not.toBe(before)
})

test('a removal stops it and leaves policy and state; a purge leaves nothing', async () => {
  await machine.mustExec('dpkg', ['--remove', 'fairlead'], { timeoutMs: 250_000 })
  expect(await stateOf('fairlead-agent')).toMatch(/^(?:inactive|failed)\n?$/)
  expect(await onMachine('ls /etc/fairlead /var/lib/fairlead')).toContain('kept')
  expect(await onMachine('ls /usr/bin/*fairlead* /usr/lib/systemd/system/fairlead* 2>/dev/null || true')).toBe('')
  await machine.mustExec('dpkg', ['--purge', 'fairlead'], { timeoutMs: 250_000 })
  // What is mounted from elsewhere cannot go; its content does.
  expect(await onMachine('find /etc/fairlead* /var/lib/fairlead* -mindepth 1 2>/dev/null || true')).toBe('')
})
