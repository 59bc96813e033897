/** Installing a server into a folder, planning it for this machine, and uninstalling it. */
import { createCa } from '@fairlead/testkit'
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

let shell: ScriptedShell
beforeEach(() => {
  shell = new ScriptedShell()
  chmodSync(shell.write('new-fairlead', 'version 2'), 0o755)
  // Stands for systemd-sysusers, which only systems with systemd have.
  shell.write('bin/systemd-sysusers', '#!/bin/sh\necho "$@" > "${1#--root=}/users-asked-for"\n')
  chmodSync(join(shell.folder, 'bin/systemd-sysusers'), 0o755)
  vi.stubEnv('PATH', `${join(shell.folder, 'bin')}:${process.env['PATH'] ?? ''}`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  shell[Symbol.dispose]()
})

const inRoot = (path: string): string => join(shell.folder, 'image', path)
const run = (...words: string[]) => shell.run(words)
const inImage = ['--executable', 'new-fairlead', '--root', 'image']
const install = (...more: string[]) => run('serve', 'install', ...inImage, ...more)
const plan = (...more: string[]) => run('serve', 'install', '--executable', 'new-fairlead', '--dry-run', ...more)
const uninstall = (...more: string[]) => run('serve', 'uninstall', '--root', 'image', ...more)
const modeOf = (path: string): string => (statSync(inRoot(path)).mode & 0o777).toString(8)
const all = (): string[] => readdirSync(inRoot('.'), { recursive: true, encoding: 'utf8' }).sort()
const settings = 'etc/fairlead-server/server.env'

describe('serve install', () => {
  test('puts every file where it belongs, and settings where only root can read them', async () => {
    expect(await install()).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(inRoot('usr/local/bin/fairlead'), 'utf8')).toBe('version 2')
    expect(modeOf('usr/local/bin/fairlead')).toBe('755')
    expect(modeOf('etc/systemd/system/fairlead-server.service')).toBe('644')
    expect(modeOf(settings)).toBe('600')
    expect(readFileSync(inRoot('users-asked-for'), 'utf8')).toBe(
      `--root=${inRoot('').replace(/\/$/, '')} fairlead-server.conf\n`,
    )
    expect(existsSync(inRoot('var'))).toBe(false)
  })

  test('puts a newer program in place on the second run, and keeps the settings of the owner', async () => {
    await install()
    writeFileSync(inRoot(settings), 'FAIRLEAD_SERVE_FLAGS="--listen 0.0.0.0:443"\n')
    shell.write('new-fairlead', 'version 3')
    const files = all()
    expect(await install()).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(inRoot('usr/local/bin/fairlead'), 'utf8')).toBe('version 3')
    const again = await install('--listen', '0.0.0.0:8470')
    expect(again.stderr).toContain('/etc/fairlead-server/server.env exists and stays as it is')
    expect(readFileSync(inRoot(settings), 'utf8')).toBe('FAIRLEAD_SERVE_FLAGS="--listen 0.0.0.0:443"\n')
    expect(all()).toEqual(files)
  })

  test('plans for this machine with --dry-run: the user and the program first, the start last', async () => {
    const { status, stdout } = await plan()
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual([
      'folder /usr/local/bin (0755)',
      `/usr/local/bin/fairlead (0755), a copy of ${join(shell.folder, 'new-fairlead')}`,
      'folder /etc/sysusers.d (0755)',
      '/etc/sysusers.d/fairlead-server.conf (0644)',
      'systemd-sysusers fairlead-server.conf',
      'folder /etc/fairlead-server (0755)',
      '/etc/fairlead-server/server.env (0600), unless it exists',
      'folder /etc/systemd/system (0755)',
      '/etc/systemd/system/fairlead-server.service (0644)',
      'systemctl daemon-reload',
      'systemctl enable fairlead-server.service',
      'systemctl restart fairlead-server.service',
    ])
  })

  test('copies a certificate for the server to read, and no other user its key', async () => {
    const { certPem, keyPem } = await (await createCa()).issue(['fairlead.example.com'])
    shell.write('cert.pem', certPem)
    shell.write('key.pem', keyPem)
    const { stdout } = await plan('--tls-cert', 'cert.pem', '--tls-key', 'key.pem')
    expect(stdout).toContain('/etc/fairlead-server/cert.pem (0644), a copy of ')
    expect(stdout).toContain('/etc/fairlead-server/key.pem (0640, group fairlead), a copy of ')
  })

  describe('copies who may sign in', () => {
    const file = (secretFile: string) => `people:
  issuer: https://login.example.com
  client_id: fairlead
  client_secret_file: ${secretFile}
  access: [{ claims: { groups: admins }, role: admin }]
`
    const beside = async (secretFile: string, ...more: string[]) => {
      shell.write('sign-in.yaml', file(secretFile))
      shell.write('oidc-client-secret', 'canary')
      chmodSync(join(shell.folder, 'oidc-client-secret'), 0o600)
      return plan('--sign-in', 'sign-in.yaml', ...more)
    }

    test('for the server to read, with the secret in its folder, and names the copy among the flags', async () => {
      const { status, stdout } = await beside('oidc-client-secret')
      expect(status).toBe(0)
      for (const name of ['sign-in.yaml', 'oidc-client-secret']) {
        expect(stdout).toContain(
          `/etc/fairlead-server/${name} (0640, group fairlead), a copy of ${join(shell.folder, name)}`,
        )
      }
      expect(stdout).not.toContain('canary')
    })

    test('and leaves a secret with a path of its own where it is', async () => {
      const { status, stdout } = await beside(join(shell.folder, 'oidc-client-secret'))
      expect(status).toBe(0)
      expect(stdout).toContain('/etc/fairlead-server/sign-in.yaml')
      expect(stdout).not.toContain('/etc/fairlead-server/oidc')
    })

    test('but no secret into a machine image, nor from another folder', async () => {
      expect(await beside('oidc-client-secret', '--root', 'image')).toMatchObject({ status: 2, stdout: '' })
      expect(await beside('../oidc-client-secret')).toMatchObject({ status: 4, stdout: '' })
      shell.write('secrets/one', 'canary')
      chmodSync(join(shell.folder, 'secrets/one'), 0o600)
      expect(await beside('secrets/one')).toMatchObject({ status: 2, stdout: '' })
    })
  })

  test('takes the URL of a database from a file that nobody else can read, and never prints it', async () => {
    shell.write('database', 'postgres://fairlead:canary@db.example.com/fairlead\n')
    chmodSync(join(shell.folder, 'database'), 0o640)
    const open = await plan('--database-file', 'database')
    expect(open.status).toBe(4)
    expect(open.stderr).toContain('others can read it')
    expect((await plan('--database-file', '.')).stderr).toContain('it is a folder')
    chmodSync(join(shell.folder, 'database'), 0o600)
    const planned = await plan('--database-file', 'database', '--json')
    expect(planned.status).toBe(0)
    shell.write('database', 'canary')
    chmodSync(join(shell.folder, 'database'), 0o600)
    const malformed = await plan('--database-file', 'database')
    expect(malformed.status).toBe(2)
    for (const { stdout, stderr } of [open, planned, malformed]) expect(stdout + stderr).not.toContain('canary')
  })

  test.each([
    [['--listen', 'nonsense'], 2, 'USAGE'],
    [['--origin', 'fairlead.example.com'], 2, 'USAGE'],
    [['--tls-cert', 'cert.pem'], 2, 'USAGE'],
    [['--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'], 4, 'CONFIG_FILE_UNREADABLE'],
    [['--tls-cert', 'new-fairlead', '--tls-key', 'new-fairlead'], 4, 'TLS_FILE_INVALID'],
    [['--root', 'image', '--tls-cert', 'cert.pem', '--tls-key', 'key.pem'], 2, 'USAGE'],
    [['--root', 'image', '--database-file', 'database'], 2, 'USAGE'],
  ])('%j is refused before anything is done', async (flags, status, code) => {
    const ran = await plan(...flags)
    expect([ran.status, ran.stdout, ran.stderr]).toEqual([status, '', expect.stringContaining(`(${code})`)])
  })
})

describe('serve uninstall', () => {
  test('removes what was installed, and keeps settings and data; with --purge neither', async () => {
    await install()
    shell.write('image/var/lib/fairlead-server/fairlead.sqlite', '')
    expect(await uninstall()).toMatchObject({ status: 0, stderr: '' })
    expect(all().filter((name) => /fairlead(?!-server)|service|conf$/.test(name))).toEqual([
      'var/lib/fairlead-server/fairlead.sqlite',
    ])
    expect(existsSync(inRoot(settings))).toBe(true)
    expect(await uninstall('--purge')).toMatchObject({ status: 0, stderr: '' })
    expect(all().filter((name) => name.includes('fairlead'))).toEqual([])
  })

  test('keeps the program as long as the other service of the machine runs it', async () => {
    await install()
    await run('agent', 'install', ...inImage)
    await uninstall()
    expect(existsSync(inRoot('usr/local/bin/fairlead'))).toBe(true)
    await install()
    await run('agent', 'uninstall', '--root', 'image', '--purge')
    expect(existsSync(inRoot('usr/local/bin/fairlead'))).toBe(true)
    expect(existsSync(inRoot(settings))).toBe(true)
    await uninstall()
    expect(existsSync(inRoot('usr/local/bin/fairlead'))).toBe(false)
  })
})
