/** docs/guides/doors.md: its commands are ones that run, its owner's file is one that a node accepts, and what it says to look for is there. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

const page = readFileSync(new URL('../../../../../docs/guides/doors.md', import.meta.url), 'utf8')

/** Each command of ours, in a block or in a sentence, without a comment. */
const commands = [
  ...page.matchAll(/^ {4,}(?:sudo )?(?:\.\/)?fairlead(?:-linux-x64)? (.+)$|`(?:sudo )?fairlead ([^`]+)`/gm),
]
  .map(([, line, inline]) => (line ?? inline ?? '').replace(/\s+[#|].*$/, ''))
  .filter((command) => !/\b[A-Z]{3,}\b|…/.test(command))

let shell: ScriptedShell
beforeEach(() => {
  shell = new ScriptedShell()
  mkdirSync(join(shell.folder, 'image', 'usr', 'bin'), { recursive: true })
  for (const program of ['dockerd', 'podman']) writeFileSync(join(shell.folder, 'image', 'usr', 'bin', program), '')
})
afterEach(() => shell[Symbol.dispose]())

const inImage = (command: string) => shell.run([...command.split(' '), '--root', 'image'])

describe('docs/guides/doors.md', () => {
  test('has commands to open, list, test and close', () => {
    const verbs = commands.map((command) => command.split(' ').slice(0, 2).join(' '))
    expect(verbs).toEqual(
      expect.arrayContaining(['door open', 'door list', 'door test', 'door close', 'agent install']),
    )
  })

  test.each([...new Set(commands)])('fairlead %s is a command', async (command) => {
    expect(await shell.run([...command.split(' '), '--help'])).toMatchObject({ status: 0, stderr: '' })
  })

  test.each(commands.filter((command) => /^door (?:open|close)/.test(command)))(
    'fairlead %s does so in a machine image',
    async (command) => {
      expect((await inImage(command)).stderr).not.toContain('error:')
    },
  )

  test('shows an owner’s file that a node accepts', () => {
    const [, text = ''] = /^ *```yaml\n(.*?)^ *```/ms.exec(page) ?? []
    expect(Object.keys(readNodePolicy(shell.write('policy.yaml', text)).doors)).toHaveLength(3)
  })

  test('says how to find by hand what a door wrote', async () => {
    const sentence = /grep -Rl '([^']+)'/.exec(page)?.[1] ?? 'no such command'
    await inImage('door open example.jfrog.io=login')
    const written = readdirSync(join(shell.folder, 'image', 'etc'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /hosts\.toml$|\.conf$/.test(name))
      .map((name) => readFileSync(join(shell.folder, 'image', 'etc', name), 'utf8').split('\n', 1)[0])
    expect(written).toHaveLength(3)
    for (const first of written) expect(first).toContain(sentence)
  })
})
