import { describe, expect, test } from 'vitest'
import { Interrupted } from '../../context.ts'
import { ScriptedShell, type Ran } from '../../scripted-context.ts'

/** Serves until it has told where it listens, then sends it the signal. */
async function serveOnce(shell: ScriptedShell, ...flags: string[]): Promise<Ran> {
  const controller = new AbortController()
  const onWrite = () => controller.abort(new Interrupted())
  const args = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'silent', ...flags]
  return shell.run(args, { signal: controller.signal, onWrite })
}

describe('serve', () => {
  test('prints the admin token on its first start alone, and what to do with it', async () => {
    using shell = new ScriptedShell()
    const first = await serveOnce(shell)
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.stdout).toMatch(/^Fairlead \S+ listens on http:\/\/127\.0\.0\.1:\d+\n/)
    expect(first.stdout).toMatch(/^flt_[A-Za-z0-9_-]{43}$/m)
    expect(first.stdout).toContain('  fairlead login --host http://127.0.0.1:')
    expect(first.stdout).toContain('Stopped.')
    const second = await serveOnce(shell)
    expect(second.status).toBe(0)
    expect(second.stdout).not.toContain('flt_')
  })

  test('tells a program the same on one line', async () => {
    using shell = new ScriptedShell()
    const { status, stdout } = await serveOnce(shell, '--json')
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({
      origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      admin_token: expect.stringMatching(/^flt_/) as string,
      ca_file: null,
    })
  })

  test('tells where its metrics are, where they have a place of their own', async () => {
    using shell = new ScriptedShell()
    const { stdout } = await serveOnce(shell, '--json', '--metrics-listen', '127.0.0.1:0', '--drain-seconds', '0')
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
    [['--listen', '127.0.0.1:0', '--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'], 4, 'CONFIG_FILE_UNREADABLE'],
  ])('%j ends as a problem, not as a trace', async (flags, status, code) => {
    using shell = new ScriptedShell()
    const ran = await shell.run(['serve', '--log-level', 'silent', ...flags])
    expect(ran.stderr).toContain(`(${code})`)
    expect(ran.stderr).not.toContain('canary')
    expect(ran.status).toBe(status)
  })
})
