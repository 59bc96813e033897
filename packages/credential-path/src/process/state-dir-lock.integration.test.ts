/** The lock of a state folder: held by one process and released when it ends, however that happens. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isStateDirLocked, lockStateDir } from './state-dir-lock.ts'

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'fairlead-lock-'))
})
afterEach(() => rmSync(stateDir, { recursive: true }))

describe('lockStateDir', () => {
  test('refuses a second agent until the first has ended', () => {
    const first = lockStateDir(stateDir)
    expect(() => lockStateDir(stateDir)).toThrow(expect.objectContaining({ code: 'STATE_DIR_IN_USE' }))
    expect(isStateDirLocked(stateDir)).toBe(true)
    first[Symbol.dispose]()
    expect(isStateDirLocked(stateDir)).toBe(false)
    lockStateDir(stateDir)[Symbol.dispose]()
  })

  test('needs no room on the disk', () => {
    using _lock = lockStateDir(stateDir)
    expect(readdirSync(stateDir).map((name) => [name, statSync(join(stateDir, name)).size])).toEqual([
      ['lock.sqlite', 0],
    ])
  })

  test('names a file that is no lock', () => {
    const path = join(stateDir, 'lock.sqlite')
    writeFileSync(path, 'this is no database, and as long as the header of one is'.repeat(10))
    expect(() => lockStateDir(stateDir)).toThrow(
      expect.objectContaining({ code: 'AGENT_STATE_UNREADABLE', facts: expect.objectContaining({ path }) }),
    )
  })

  test('leaves no stale lock after kill -9', async () => {
    const program = `
      const { lockStateDir } = await import(${JSON.stringify(new URL('state-dir-lock.ts', import.meta.url).href)})
      globalThis.lock = lockStateDir(${JSON.stringify(stateDir)})
      console.log('locked')
      setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(isStateDirLocked(stateDir)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isStateDirLocked(stateDir)).toBe(false)
  }, 20_000)
})
