/** What is done below another root stays there. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ScriptedShell } from '../scripted-context.ts'
import { carryOut } from './carry-out.ts'
import type { MachineStep } from './machine-step.ts'

let shell: ScriptedShell
beforeEach(() => (shell = new ScriptedShell()))
afterEach(() => {
  vi.unstubAllEnvs()
  shell[Symbol.dispose]()
})

const carryOutOne = (step: MachineStep) => carryOut(shell.context().context, {}, '', [step])

test('says in words why a step failed', async () => {
  const fails = (reason: string) => ({ code: 'INSTALL_STEP_FAILED', facts: { reason } })
  await expect(carryOutOne({ do: 'remove', path: shell.folder })).rejects.toMatchObject(fails('it is a folder'))
  const inNoFolder = join(shell.folder, 'nope', 'a')
  await expect(carryOutOne({ do: 'link', path: inNoFolder, target: 'b' })).rejects.toMatchObject(
    fails('there is no such folder'),
  )
  vi.stubEnv('PATH', shell.folder)
  const start = carryOutOne({ do: 'systemctl', args: ['daemon-reload'] })
  await expect(start).rejects.toMatchObject(fails('there is no program systemctl'))
  chmodSync(shell.write('systemctl', '#!/bin/sh\nexit 3\n'), 0o755)
  const failing = carryOutOne({ do: 'systemctl', args: ['daemon-reload'] })
  await expect(failing).rejects.toMatchObject(fails('exit status 3'))
})

test('says that no folder can be made below /proc', async () => {
  const made = carryOutOne({ do: 'make-folder', path: '/proc/fairlead/below', mode: 0o755 })
  await expect(made).rejects.toMatchObject({ facts: { reason: 'there is no such folder' } })
})

test('of several that write the same file at once, one does, and the others say why not', async () => {
  const path = join(shell.folder, 'policy.yaml')
  const texts = ['a', 'b', 'c', 'd']
  const steps = texts.map((text): MachineStep => ({ do: 'write-new', path, mode: 0o644, text }))
  const refused = (await Promise.allSettled(steps.map(carryOutOne))).filter(({ status }) => status === 'rejected')
  const why = { reason: { facts: { reason: 'somebody else changed it meanwhile' } } }
  expect(refused).toMatchObject([why, why, why])
  expect(texts).toContain(readFileSync(path, 'utf8'))
  expect(readdirSync(shell.folder)).toEqual(['policy.yaml'])
})

test('edits only what is as it was', async () => {
  const path = shell.write('policy.yaml', 'theirs')
  const edited = carryOutOne({ do: 'edit', path, before: 'ours', text: 'new' })
  await expect(edited).rejects.toMatchObject({ facts: { reason: 'somebody else changed it meanwhile' } })
  expect(readFileSync(path, 'utf8')).toBe('theirs')
  await carryOutOne({ do: 'edit', path, before: 'theirs', text: 'new' })
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(readdirSync(shell.folder)).toEqual(['policy.yaml'])
})

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
