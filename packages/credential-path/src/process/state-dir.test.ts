/** The state folder holds the node's key and its proofs, so nobody else may have put anything there. */
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockStateDir } from './state-dir-lock.ts'
import { createPrivate, isOwnFolder, openStateDir } from './state-dir.ts'
import { Ledger } from '../record/ledger.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-state-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const modeOf = (path: string) => statSync(path).mode & 0o777

describe('a state folder', () => {
  test('is created for its owner only', () => {
    openStateDir(join(folder, 'a', 'b'))
    expect(modeOf(join(folder, 'a', 'b'))).toBe(0o700)
  })

  test('that cannot be created is reported as such, even if a pull is the first to need it', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const refused = expect.objectContaining({ code: 'STATE_DIR_NOT_WRITABLE' })
    expect(() => openStateDir(join(file, 'below'))).toThrow(refused)
    await expect(Ledger.open(join(file, 'below'))).rejects.toEqual(refused)
    expect(() => openStateDir(file)).toThrow(refused)
  })

  // Node's own recursive mkdir never returns there.
  test.each(['/proc/x', '/proc/x/y'])('in %s is reported as one that cannot be created', (path) => {
    expect(() => openStateDir(path)).toThrow(
      expect.objectContaining({ what: expect.stringContaining('there is no such folder') as string }),
    )
  })

  test.each([
    ['of the agent', 1000, 0o700, true],
    ['of root, which a service manager made', 0, 0o755, true],
    ['of another user', 1001, 0o700, false],
    ['that a group may write', 1000, 0o770, false],
    ['that everybody may write, sticky or not', 0, 0o1777, false],
  ])('%s', (_, uid, mode, own) => {
    expect(isOwnFolder({ uid, mode }, 1000)).toBe(own)
  })

  test('that others may write to is not used, neither its identity nor its proofs', async () => {
    chmodSync(folder, 0o777)
    const refused = expect.objectContaining({ code: 'AGENT_STATE_UNREADABLE' })
    expect(() => lockStateDir(folder)).toThrow(refused)
    await expect(Ledger.open(folder)).rejects.toEqual(refused)
  })

  test('has lock files that nobody else can open, so nobody else can lock it', async () => {
    chmodSync(folder, 0o755)
    using _lock = lockStateDir(folder)
    await using _ledger = await Ledger.open(folder)
    expect([modeOf(join(folder, 'lock.sqlite')), modeOf(join(folder, 'pulls.lock.sqlite'))]).toEqual([0o600, 0o600])
  })

  test('leaves an existing file unchanged', () => {
    createPrivate(join(folder, 'x'))
    createPrivate(join(folder, 'x'))
    expect(modeOf(join(folder, 'x'))).toBe(0o600)
  })
})
