import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { Interrupted } from '../../context.ts'
import { ScriptedShell } from '../../scripted-context.ts'

/** A data directory `fairlead-data`, as a first start leaves it. */
async function served(): Promise<ScriptedShell> {
  const shell = new ScriptedShell()
  const controller = new AbortController()
  const onWrite = () => controller.abort(new Interrupted())
  const args = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'silent']
  expect(await shell.run(args, { signal: controller.signal, onWrite })).toMatchObject({ status: 0 })
  return shell
}

describe('admin', { timeout: 20_000 }, () => {
  test('backs up, verifies and restores, and says what the backup contains', async () => {
    using shell = await served()
    const made = await shell.run(['admin', 'backup', 'one.backup'])
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(made.stdout).toContain(`Wrote ${join(shell.folder, 'one.backup')}`)
    expect(made.stdout).toMatch(/^sha256 [0-9a-f]{64}$/m)
    expect(made.stdout).toContain(
      `0 pull records, 0 clusters, 0 nodes; no CA, because there is none in ${join(shell.folder, 'fairlead-data')}`,
    )
    expect(made.stdout).toContain('Protect it like a key: it contains its own keys, and the hashes of its tokens.')
    const whole = await shell.run(['admin', 'verify', '--backup', 'one.backup'])
    expect(whole).toMatchObject({ status: 0, stderr: '' })
    expect(whole.stdout).toContain('0 pull records of 0 nodes')
    const restored = await shell.run(['admin', 'restore', 'one.backup', '--data-dir', 'a new one'])
    expect(restored).toMatchObject({ status: 0, stderr: '' })
    expect(restored.stdout).toContain(`next: fairlead serve --data-dir '${join(shell.folder, 'a new one')}'\n`)
    expect(await shell.run(['admin', 'verify', '--data-dir', 'a new one'])).toMatchObject({ status: 0, stderr: '' })
  })

  test('says the same to a program, on standard output only', async () => {
    using shell = await served()
    const json = async (...args: string[]): Promise<Record<string, unknown>> => {
      const { status, stdout, stderr } = await shell.run(['admin', ...args, '--json'])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      return JSON.parse(stdout) as Record<string, unknown>
    }
    const rows = expect.objectContaining({ api_tokens: 1, pulls: 0 }) as unknown
    expect(await json('backup', 'one.backup')).toMatchObject({
      file: join(shell.folder, 'one.backup'),
      rows,
      ca: false,
    })
    expect(await json('restore', 'one.backup', '--replace')).toMatchObject({
      replaced: expect.stringContaining('replaced-') as string,
      rows,
    })
    expect(await json('verify')).toMatchObject({
      records: 0,
      nodes: 0,
      removed: { records: 0, received_until: null },
      rows,
    })
  })

  test.each([
    [['backup', 'one.backup', '--data-dir', 'none'], 5, 'DATABASE_FILE_MISSING'],
    [['verify', '--data-dir', 'none'], 5, 'DATABASE_FILE_MISSING'],
    [['verify', '--backup', 'none'], 4, 'CONFIG_FILE_UNREADABLE'],
    [['verify', '--backup', join('fairlead-data', 'fairlead.sqlite')], 4, 'BACKUP_UNUSABLE'],
    [['restore', join('fairlead-data', 'fairlead.sqlite'), '--data-dir', 'new'], 4, 'BACKUP_UNUSABLE'],
    [['restore', 'none'], 5, 'DATA_DIR_NOT_EMPTY'],
    [['backup'], 2, 'USAGE'],
    [['backup', 'one.backup', '--stopped', '--data-dir', 'none'], 5, 'DATABASE_FILE_MISSING'],
    [['verify', '--database', 'mysql://canary@h/d'], 2, 'USAGE'],
    [['restore', 'x', '--replace', '--database', 'postgres://u@127.0.0.1:1/d'], 2, 'USAGE'],
  ])('%j ends in a problem, not in a trace', async (args, status, code) => {
    using shell = await served()
    const ran = await shell.run(['admin', ...args])
    expect(ran.stderr).not.toContain('canary')
    expect(ran.stderr).toContain(`(${code})`)
    expect(ran.status).toBe(status)
  })

  test.each([['backup', 'x'], ['verify'], ['restore', 'x']])(
    '%s accepts no password on the command line, and then does nothing',
    async (...args) => {
      using shell = await served()
      const ran = await shell.run(['admin', ...args, '--database', 'postgres://u:canary@127.0.0.1:1/d'])
      expect(ran).toMatchObject({ status: 3, stdout: '' })
      expect(ran.stderr).toContain('(PASSWORD_ON_COMMAND_LINE)')
      expect(ran.stderr).not.toContain('canary')
    },
  )

  test.each([['backup', 'x'], ['verify'], ['restore', 'one.backup']])(
    '%s says what to check when a database is unreachable',
    async (...args) => {
      using shell = await served()
      await shell.run(['admin', 'backup', 'one.backup'])
      const ran = await shell.run(['admin', ...args, '--database', 'postgres://u@127.0.0.1:1/d'])
      expect(ran.status).toBe(7)
      expect(ran.stderr).toContain('(DATABASE_NOT_REACHED)')
      expect(ran.stderr).toContain('127.0.0.1:1')
    },
  )

  test('a ledger that lost a record fails, and the error names node and number', async () => {
    using shell = await served()
    const database = new DatabaseSync(join(shell.folder, 'fairlead-data', 'fairlead.sqlite'))
    database.exec(`insert into clouds (id, name, provider, allow_any_secret, created_at) values ('cld_1', 'c', 'local', 1, 't');
      insert into nodes (id, name, cloud_id, checker, public_key, joined_at, report_ids) values ('node_1', 'n', 'cld_1', 0, 'k', 't', '[]');
      insert into pulls (key, id, node_id, sequence, hash, record, chain, received_at) values ('k', 'p', 'node_1', 2, 'h', '{}', 'intact', 't')`)
    database.close()
    const ran = await shell.run(['admin', 'verify'])
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain('the pull records of node node_1 are no whole chain at number 2')
    expect(ran.stderr).toContain('node_1/2: ')
    expect(ran.stderr).toContain('(LEDGER_BROKEN)')
  })

  test('shows progress on a terminal as one line that disappears', async () => {
    using shell = await served()
    const { stdout } = await shell.run(['admin', 'backup', 'one.backup'], { isTTY: true })
    expect(stdout).toContain('\r\u001B[2KCopying the database')
    expect(stdout).toContain('\r\u001B[2KWrote')
    rmSync(join(shell.folder, 'one.backup'))
  })
})
