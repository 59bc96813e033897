/** Installing into a folder and uninstalling from it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

let shell: ScriptedShell
beforeEach(() => {
  shell = new ScriptedShell()
  chmodSync(shell.write('new-fairlead', 'version 2'), 0o755)
})
afterEach(() => shell[Symbol.dispose]())

const inRoot = (path: string): string => join(shell.folder, 'image', path)
const install = (...more: string[]) =>
  shell.run(['agent', 'install', '--executable', 'new-fairlead', '--root', 'image', ...more])
const uninstall = (...more: string[]) => shell.run(['agent', 'uninstall', '--root', 'image', ...more])
const modeOf = (path: string): string => (statSync(inRoot(path)).mode & 0o777).toString(8)
const all = (): string[] => readdirSync(inRoot('.'), { recursive: true, encoding: 'utf8' }).sort()

describe('agent install', () => {
  test('puts every file where it belongs, readable by those who need it', async () => {
    expect(await install()).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(inRoot('usr/local/bin/fairlead'), 'utf8')).toBe('version 2')
    expect(modeOf('usr/local/bin/fairlead')).toBe('755')
    expect(modeOf('etc/fairlead/policy.yaml')).toBe('644')
    expect(modeOf('etc/systemd/system/fairlead-agent.service')).toBe('644')
    expect(modeOf('var/lib/fairlead')).toBe('700')
    for (const above of ['.', 'usr', 'var', 'var/lib', 'etc/systemd'])
      expect([above, modeOf(above)]).toEqual([above, '755'])
    expect(readlinkSync(inRoot('usr/local/bin/docker-credential-fairlead'))).toBe('fairlead')
  })

  test('makes the parent folders accessible to everybody even under a strict umask', async () => {
    const umask = process.umask(0o077)
    try {
      expect(await install()).toMatchObject({ status: 0 })
    } finally {
      process.umask(umask)
    }
    expect(['var', 'var/lib', 'etc/fairlead', 'var/lib/fairlead'].map(modeOf)).toEqual(['755', '755', '755', '700'])
  })

  test('puts a newer program in place on the second run, and keeps the policy of the owner', async () => {
    await install()
    writeFileSync(inRoot('etc/fairlead/policy.yaml'), 'share_logs: true\n')
    shell.write('new-fairlead', 'version 3')
    const before = statSync(inRoot('usr/local/bin/fairlead')).ino
    const files = all()
    expect(await install()).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(inRoot('usr/local/bin/fairlead'), 'utf8')).toBe('version 3')
    expect(statSync(inRoot('usr/local/bin/fairlead')).ino).not.toBe(before)
    expect(readFileSync(inRoot('etc/fairlead/policy.yaml'), 'utf8')).toBe('share_logs: true\n')
    expect(all()).toEqual(files)
  })

  test('does not follow a link in an image that leads out of it: nothing on this machine changes', async () => {
    const outside = join(shell.folder, 'machine')
    for (const folder of ['machine/fairlead', 'image/usr/local', 'image/opt']) {
      mkdirSync(join(shell.folder, folder), { recursive: true })
    }
    symlinkSync(outside, inRoot('etc'))
    const before = readdirSync(outside, { recursive: true })
    for (const run of [install, () => uninstall('--purge')]) {
      const { status, stderr } = await run()
      expect(status).toBe(1)
      expect(stderr).toMatch(/or a link in it, leads out of --root \(INSTALL_STEP_FAILED\)/)
      expect(readdirSync(outside, { recursive: true })).toEqual(before)
    }
    // A link that stays inside is the image's own business.
    rmSync(inRoot('etc'))
    symlinkSync('../../opt', inRoot('usr/local/bin'))
    expect(await install()).toMatchObject({ status: 0 })
    expect(existsSync(inRoot('opt/fairlead'))).toBe(true)
  })

  test('prints the same steps with --dry-run and runs none', async () => {
    const dry = await install('--dry-run')
    expect(existsSync(inRoot('.'))).toBe(false)
    const { stdout } = await install()
    expect(stdout.startsWith(dry.stdout)).toBe(true)
    expect(dry.stdout).toContain('/etc/systemd/system/fairlead-agent.service')
  })

  test('shows with --dry-run what this machine would get, even where systemd does not run', async () => {
    const { status, stdout, stderr } = await shell.run([
      'agent',
      'install',
      '--executable',
      'new-fairlead',
      '--dry-run',
    ])
    expect(status).toBe(0)
    expect(stdout).toContain('folder /var/lib/fairlead (0700)\n')
    expect(stdout).toContain('systemctl enable fairlead-agent.service\n')
    expect(stderr === '').toBe(existsSync('/run/systemd/system'))
  })

  test.each(['missing', '.', '/dev/null', 'notes.txt'])(
    'installs nothing from %s, which is no program',
    async (file) => {
      shell.write('notes.txt', 'text')
      const { status, stderr } = await shell.run(['agent', 'install', '--executable', file, '--root', 'image'])
      expect(status).toBe(2)
      expect(stderr).toContain(`--executable takes an executable file, and ${file} is not one (USAGE)`)
      expect(stderr).toContain('fairlead agent install --help')
      expect(existsSync(inRoot('.'))).toBe(false)
    },
  )

  test('has no single file to install when run from its sources', async () => {
    const { status, stderr } = await shell.run(['agent', 'install', '--root', 'image'])
    expect(status).toBe(5)
    expect(stderr).toContain('(INSTALL_NOT_ONE_FILE)')
  })
})

describe('agent install --door', () => {
  const hostsFile = 'etc/docker/certs.d/r.example.com/hosts.toml'
  beforeEach(() => {
    mkdirSync(inRoot('usr/bin'), { recursive: true })
    writeFileSync(inRoot('usr/bin/dockerd'), '')
  })

  test('also opens doors: the new policy names them, and where images may come from', async () => {
    const { status, stdout } = await install('--door', 'r.example.com=login', '--door', 'docker.io/team=hub')
    expect(status).toBe(0)
    const policy = readFileSync(inRoot('etc/fairlead/policy.yaml'), 'utf8')
    expect(policy).toContain('doors:\n  r.example.com: login\n  docker.io/team: hub\n')
    expect(policy).toContain('allowed_registries:\n  - r.example.com\n  - docker.io/team\n')
    expect(existsSync(inRoot(hostsFile))).toBe(true)
    expect(stdout).toContain('r.example.com: with the login in login\n')
  })

  test('prints all steps as JSON', async () => {
    const { stdout } = await install('--door', 'r.example.com=login', '--json')
    const { steps, doors } = JSON.parse(stdout) as { steps: string[]; doors: object[] }
    expect(steps).toEqual(
      expect.arrayContaining([
        `${inRoot('usr/local/bin/fairlead')} (0755), a copy of ${join(shell.folder, 'new-fairlead')}`,
        `edit ${inRoot('etc/fairlead/policy.yaml')}`,
        `${inRoot(hostsFile)} (0644)`,
      ]),
    )
    expect(doors).toMatchObject([{ place: 'r.example.com', change: 'added' }])
  })

  test('refuses a door before anything is installed', async () => {
    expect(await install('--door', 'r.example.com=')).toMatchObject({ status: 2 })
    expect(all().filter((name) => name.startsWith('etc'))).toEqual([])
  })

  test('uninstalling closes the doors, and leaves the engines what was there before', async () => {
    mkdirSync(inRoot('etc/docker/certs.d/r.example.com'), { recursive: true })
    writeFileSync(inRoot(hostsFile), 'theirs')
    await install('--door', 'r.example.com=login', '--door', 'ghcr.io=other')
    expect(await uninstall()).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(inRoot(hostsFile), 'utf8')).toBe('theirs')
    expect(existsSync(inRoot('etc/docker/certs.d/ghcr.io'))).toBe(false)
    expect(readFileSync(inRoot('etc/fairlead/policy.yaml'), 'utf8')).toContain('r.example.com: login')
  })
})

describe('agent uninstall', () => {
  test('removes what was installed, and keeps policy and state', async () => {
    await install()
    expect(await uninstall()).toMatchObject({ status: 0, stderr: '' })
    expect(all().filter((name) => /\/(?:fairlead|docker|policy|multi-user)[^/]*$/.test(name))).toEqual([
      'etc/fairlead',
      'etc/fairlead/policy.yaml',
      'etc/systemd/system/multi-user.target.wants',
      'var/lib/fairlead',
    ])
    expect(all().some((name) => name.endsWith('fairlead-agent.service'))).toBe(false)
  })

  test('succeeds when run twice', async () => {
    await install()
    await uninstall()
    expect(await uninstall()).toMatchObject({ status: 0, stderr: '' })
  })

  test('keeps a program of somebody else that has the name of a link', async () => {
    await install()
    const helper = inRoot('usr/local/bin/docker-credential-fairlead')
    rmSync(helper)
    symlinkSync('/opt/own-helper', helper)
    await uninstall()
    expect(readlinkSync(helper)).toBe('/opt/own-helper')
  })

  test('leaves no policy and no state with --purge', async () => {
    await install()
    chmodSync(inRoot('etc/fairlead/policy.yaml'), 0o600)
    expect(await uninstall('--purge')).toMatchObject({ status: 0 })
    expect([existsSync(inRoot('etc/fairlead')), existsSync(inRoot('var/lib/fairlead'))]).toEqual([false, false])
  })
})
