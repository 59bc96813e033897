/** `fairlead configure-docker` on the files of a home folder. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

let shell: ScriptedShell
beforeEach(() => {
  shell = new ScriptedShell()
  mkdirSync(join(shell.folder, '.docker'))
  mkdirSync(join(shell.folder, 'bin'))
  writeFileSync(join(shell.folder, 'bin', 'docker-credential-fairlead'), '', { mode: 0o755 })
})
afterEach(() => shell[Symbol.dispose]())

const run = (...args: string[]) =>
  shell.run(['configure-docker', ...args], { env: { PATH: join(shell.folder, 'bin') } })
const at = (...path: string[]) => join(shell.folder, ...path)
const dockerConfig = () => JSON.parse(readFileSync(at('.docker', 'config.json'), 'utf8')) as unknown
const map = () => readFileSync(at('.config', 'fairlead', 'docker-credential.yaml'), 'utf8')

describe('fairlead configure-docker', () => {
  test('writes both files for this user only, and reports what changed', async () => {
    const ran = await run('registry.example.com=team/login', 'docker.io=hub', '--provider', 'aws')
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toContain('config.json: the helper for registry.example.com was added')
    expect(dockerConfig()).toEqual({
      credHelpers: { 'registry.example.com': 'fairlead', 'https://index.docker.io/v1/': 'fairlead' },
    })
    expect(map()).toContain('secret: team/login')
    expect(statSync(at('.docker', 'config.json')).mode & 0o777).toBe(0o600)
  })

  test('neither reads nor replaces what is no regular file, such as a device or a pipe', async () => {
    execFileSync('mkfifo', [at('map')])
    const { status, stderr } = await run('registry.example.com=login', '--map', 'map')
    expect(status).toBe(4)
    expect(stderr).toContain('map cannot be read: it is not a regular file (CONFIG_FILE_UNREADABLE)')
    expect(statSync(at('map')).isFIFO()).toBe(true)
    expect(readdirSync(at('.docker'))).toEqual([])
  })

  test('loses no registry when several are set up at once', async () => {
    const hosts = [1, 2, 3, 4, 5].map((number) => `r${number}.example.com`)
    await Promise.all(hosts.map((host) => run(`${host}=login`, '--provider', 'local')))
    expect(dockerConfig()).toEqual({ credHelpers: Object.fromEntries(hosts.map((host) => [host, 'fairlead'])) })
    for (const host of hosts) expect(map()).toContain(host)
  })

  test('changes nothing the second time, not even a byte', async () => {
    await run('registry.example.com=login')
    const before = [statSync(at('.docker', 'config.json')).ino, map()]
    const again = await run('registry.example.com=login')
    expect(again.stdout).toContain('is unchanged')
    expect([statSync(at('.docker', 'config.json')).ino, map()]).toEqual(before)
  })

  test('keeps the rest of Docker’s file, its mode, and a link if it is one', async () => {
    writeFileSync(at('real.json'), '{"auths":{"a.example.com":{}},"psFormat":"x"}')
    chmodSync(at('real.json'), 0o640)
    symlinkSync(at('real.json'), at('.docker', 'config.json'))
    await run('registry.example.com=login')
    expect(dockerConfig()).toMatchObject({ auths: { 'a.example.com': {} }, psFormat: 'x' })
    expect(lstatSync(at('.docker', 'config.json')).isSymbolicLink()).toBe(true)
    expect(statSync(at('real.json')).mode & 0o777).toBe(0o640)
    expect(readdirSync(shell.folder).filter((name) => name.startsWith('real.json'))).toEqual(['real.json'])
  })

  test('reports size and limit for a file that is too large, and changes nothing', async () => {
    writeFileSync(at('.docker', 'config.json'), '{}')
    truncateSync(at('.docker', 'config.json'), 2 ** 30)
    const ran = await run('registry.example.com=login')
    expect(ran.status).toBe(4)
    expect(ran.stderr).toContain('1,073,741,824 bytes, and no more than 4,194,304')
    expect(existsSync(at('.config', 'fairlead', 'docker-credential.yaml'))).toBe(false)
  })

  test('warns of a login left under auths, without showing it', async () => {
    const auth = Buffer.from('robot:canary-3d').toString('base64')
    writeFileSync(at('.docker', 'config.json'), JSON.stringify({ auths: { 'https://registry.example.com': { auth } } }))
    const ran = await run('registry.example.com=login')
    expect(ran.stderr).toContain('docker logout https://registry.example.com')
    expect(ran.stderr).not.toContain(auth)
  })

  test('warns where Docker would not find the helper', async () => {
    const ran = await shell.run(['configure-docker', 'registry.example.com=login'], { env: { PATH: '/nowhere' } })
    expect(ran.stderr).toContain('docker-credential-fairlead is not on your PATH')
  })

  test('undoes it', async () => {
    writeFileSync(at('.docker', 'config.json'), '{"psFormat":"x"}')
    await run('registry.example.com=login')
    expect(await run('registry.example.com', '--remove')).toMatchObject({ status: 0, stderr: '' })
    expect(dockerConfig()).toEqual({ psFormat: 'x' })
    expect(map()).not.toContain('registry.example.com')
  })

  test('prints what changed as JSON', async () => {
    const { stdout } = await run('registry.example.com=login', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      changes: [
        { file: 'map', host: 'registry.example.com', change: 'added' },
        { file: 'docker', host: 'registry.example.com', change: 'added' },
      ],
      warnings: [],
    })
  })

  test.each([
    [['registry.example.com'], 2, 'expected HOST=SECRET'],
    [['registry.example.com/team=x'], 2, 'Docker tells a helper the registry alone'],
    [['registry.example.com=dckr_pat_canary-77ab'], 4, 'REFERENCE_LOOKS_LIKE_A_SECRET'],
  ])('%j is rejected before anything is written', async (args, status, words) => {
    const ran = await run(...args)
    expect(ran.status).toBe(status)
    expect(ran.stderr).toContain(words)
    expect(ran.stderr).not.toContain('canary')
    expect(readdirSync(at('.docker'))).toEqual([])
  })

  test('leaves a Docker file that is not JSON unchanged', async () => {
    writeFileSync(at('.docker', 'config.json'), '{')
    expect(await run('registry.example.com=login')).toMatchObject({ status: 4 })
    expect(readFileSync(at('.docker', 'config.json'), 'utf8')).toBe('{')
  })
})
