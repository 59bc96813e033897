import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { Interrupted } from '../../context.ts'
import { ScriptedShell, type Ran, type ScriptedWorld } from '../../scripted-context.ts'

/** Serves until it has printed its address, then sends it the signal. */
async function serveOnce(shell: ScriptedShell, world: ScriptedWorld = {}, ...flags: string[]): Promise<Ran> {
  const controller = new AbortController()
  const onWrite = () => controller.abort(new Interrupted())
  const args = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'silent', ...flags]
  return shell.run(args, { ...world, signal: controller.signal, onWrite })
}

const tokenFile = (shell: ScriptedShell) => join(shell.folder, 'fairlead-data', 'admin-token')

describe('serve', () => {
  test('on a terminal, prints the admin token and what to do with it, only on its first start', async () => {
    using shell = new ScriptedShell()
    const first = await serveOnce(shell, { isTTY: true, env: { NO_COLOR: '1' } })
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.stdout).toMatch(/^Fairlead \S+ listens on http:\/\/127\.0\.0\.1:\d+\n/)
    expect(first.stdout).toMatch(/^flt_[A-Za-z0-9_-]{43}$/m)
    expect(first.stdout).toContain('  fairlead login --host http://127.0.0.1:')
    expect(first.stdout).toContain('Stopped.')
    expect(existsSync(tokenFile(shell))).toBe(false)
    const second = await serveOnce(shell, { isTTY: true })
    expect(second.status).toBe(0)
    expect(second.stdout).not.toContain('flt_')
  })

  test('without a terminal, writes the admin token to a file for its user only, and prints the path', async () => {
    using shell = new ScriptedShell()
    const { stdout } = await serveOnce(shell)
    expect(stdout).not.toContain('flt_')
    expect(stdout).toContain(`--token-file ${tokenFile(shell)}`)
    expect(statSync(tokenFile(shell)).mode & 0o777).toBe(0o600)
    const first = readFileSync(tokenFile(shell), 'utf8')
    expect(first).toMatch(/^flt_[A-Za-z0-9_-]{43}\n$/)
    await serveOnce(shell)
    expect(readFileSync(tokenFile(shell), 'utf8')).toBe(first)
    chmodSync(tokenFile(shell), 0o644)
    const again = await serveOnce(shell, {}, '--new-admin-token', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ admin_token: null, admin_token_file: tokenFile(shell) })
    expect(readFileSync(tokenFile(shell), 'utf8')).not.toBe(first)
    expect(statSync(tokenFile(shell)).mode & 0o777).toBe(0o600)
  })

  test('prints a command that arrives whole, whatever the folder is called', async () => {
    using shell = new ScriptedShell()
    const { stdout } = await serveOnce(shell, {}, '--data-dir', 'two words')
    expect(stdout).toContain(` --token-file '${join(shell.folder, 'two words', 'admin-token')}'\n`)
  })

  test('prints the same for a program on one line', async () => {
    using shell = new ScriptedShell()
    const { status, stdout } = await serveOnce(shell, {}, '--json')
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({
      origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      admin_token: null,
      admin_token_file: tokenFile(shell),
      ca_file: null,
    })
  })

  test('keeps running at SIGHUP without a terminal, and shuts down cleanly with its terminal', async () => {
    using shell = new ScriptedShell()
    const hangup = { isTTY: true, onHangup: (work: () => void) => void (hangUp = work) }
    let hangUp = () => {}
    const args = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'silent']
    const ended = await shell.run(args, { ...hangup, onWrite: () => hangUp() })
    expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining('Stopped.') as string })
    const signal = AbortSignal.timeout(1500)
    const wentOn = await shell.run(args, { ...hangup, isTTY: false, signal, onWrite: () => hangUp() })
    expect([wentOn.status, signal.aborted]).toEqual([0, true])
  })

  test('a full disk under its standard output costs what it prints there, and not the control plane', async () => {
    using shell = new ScriptedShell()
    const program = new URL('../../bin.ts', import.meta.url).pathname
    const full = openSync('/dev/full', 'w')
    const args = [program, 'serve', '--listen', '127.0.0.1:0', '--log-level', 'warn']
    const child = spawn(process.execPath, args, { cwd: shell.folder, stdio: ['ignore', full, 'pipe'], timeout: 60_000 })
    closeSync(full)
    const ended = Promise.all([once(child, 'exit'), text(child.stdio[2] as Readable)])
    await expect.poll(() => existsSync(tokenFile(shell)), { timeout: 50_000 }).toBe(true)
    child.kill('SIGTERM')
    expect(await ended).toEqual([[0, null], ''])
  }, 60_000)

  test('says what to register at the identity provider, and starts even if nothing answers there', async () => {
    using shell = new ScriptedShell()
    const people =
      'people: { issuer: https://login.invalid, client_id: f, access: [{ claims: { a: b }, role: viewer }] }'
    shell.write('sign-in.yaml', people)
    chmodSync(join(shell.folder, 'sign-in.yaml'), 0o644)
    // Otherwise it would change which authorities the other tests in this process trust.
    const world = { env: { NODE_EXTRA_CA_CERTS: 'set' } }
    const told = await serveOnce(shell, world, '--sign-in', 'sign-in.yaml', '--origin', 'https://fairlead.example.com')
    const redirectUri = 'https://fairlead.example.com/sign-in/callback'
    expect(told.stdout).toContain(
      `people sign in at login.invalid, where ${redirectUri} is the redirect URI to register\n`,
    )
    const json = await serveOnce(shell, world, '--json', '--sign-in', 'sign-in.yaml')
    expect(JSON.parse(json.stdout)).toMatchObject({
      sign_in_redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\/callback$/) as string,
    })
    expect(JSON.parse((await serveOnce(shell, {}, '--json')).stdout)).toMatchObject({ sign_in_redirect_uri: null })
  })

  test('says where its metrics are when they have a separate address', async () => {
    using shell = new ScriptedShell()
    const { stdout } = await serveOnce(shell, {}, '--json', '--metrics-listen', '127.0.0.1:0', '--drain-seconds', '0')
    expect(JSON.parse(stdout)).toMatchObject({
      metrics_address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    })
  })

  test.each([
    [['--listen', 'nonsense'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:99999'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--connect-to', 'sts.amazonaws.com=10.0.0.1:99999'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--connect-to', 'sts.amazonaws.com=10.0.0.1'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--connect-to', 'sts.amazonaws.com:443=10.0.0.1:443'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--origin', 'https://fairlead.example.com:99999'], 2, 'USAGE'],
    [['--listen', '192.0.2.1:8470'], 5, 'ADDRESS_UNUSABLE'],
    [['--database', 'mysql://a@b/c'], 2, 'USAGE'],
    [['--database', 'postgres://a:canary@127.0.0.1:1/c'], 3, 'PASSWORD_ON_COMMAND_LINE'],
    [['--database', 'postgres://a@127.0.0.1:1/c'], 7, 'DATABASE_NOT_REACHED'],
    [['--listen', '127.0.0.1:0', '--metrics-listen', 'nonsense'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--drain-seconds', 'soon'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--pull-retention-days', '0'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--pull-retention-days', '3651'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--pull-retention-days', '1.5'], 2, 'USAGE'],
    [['--listen', '127.0.0.1:0', '--data-dir', import.meta.filename], 4, 'FILE_UNWRITABLE'],
    [['--listen', '127.0.0.1:0', '--data-dir', `${import.meta.filename}/below`], 4, 'FILE_UNWRITABLE'],
    [['--listen', '127.0.0.1:0', '--data-dir', '/proc/fairlead'], 4, 'FILE_UNWRITABLE'],
    [
      ['--listen', '127.0.0.1:0', '--tls-cert', import.meta.filename, '--tls-key', import.meta.filename],
      4,
      'TLS_FILE_INVALID',
    ],
    [['--listen', '127.0.0.1:0', '--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'], 4, 'CONFIG_FILE_UNREADABLE'],
  ])('%j ends in a problem, not in a trace', async (flags, status, code) => {
    using shell = new ScriptedShell()
    const ran = await shell.run(['serve', '--log-level', 'silent', ...flags])
    expect(ran.stderr).toContain(`(${code})`)
    expect(ran.stderr).not.toContain('canary')
    expect(ran.status).toBe(status)
  })
})
