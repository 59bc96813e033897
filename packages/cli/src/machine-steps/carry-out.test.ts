/** What is done below another root stays there. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ScriptedShell } from '../scripted-context.ts'
import { carryOut } from './carry-out.ts'

let shell: ScriptedShell
beforeEach(() => (shell = new ScriptedShell()))
afterEach(() => shell[Symbol.dispose]())

const write = (root: string, path: string) =>
  carryOut(shell.context().context, {}, root, [{ do: 'write', path, mode: 0o644, text: '' }])

test.each([['a/deep/image'], ['image']])(
  'no path leads out of the root %s, whether it is longer or shorter',
  async (name) => {
    const root = join(shell.folder, name)
    mkdirSync(root, { recursive: true })
    const outside = [`${shell.folder}/x`, `${root}/../x`, `${root}-other/x`, join(root, '..', 'x'), '/x', 'x']
    for (const path of outside) {
      await expect(write(root, path)).rejects.toMatchObject({ code: 'INSTALL_STEP_FAILED' })
    }
    await write(root, `${root}/x`)
    expect(existsSync(`${root}/x`)).toBe(true)
    expect(existsSync(`${shell.folder}/x`)).toBe(false)
  },
)
