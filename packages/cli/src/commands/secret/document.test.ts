/** A login that a person enters goes into a pipe: not onto a screen, not onto a command line. */
import { describe, expect, test } from 'vitest'
import { ScriptedShell, type ScriptedWorld } from '../../scripted-context.ts'

const args = ['secret', 'document', '--username', 'robot', '--server']

async function run(server: string, world: ScriptedWorld) {
  using shell = new ScriptedShell()
  return shell.run([...args, server], world)
}

describe('fairlead secret document', () => {
  test('writes the document and nothing else; the end of the line is not part of the password', async () => {
    const { status, stdout, stderr } = await run('registry.example.com', { input: 'canary "1f\n' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ username: 'robot', password: 'canary "1f', server: 'registry.example.com' })
  })

  test('writes nothing to a terminal, and does not even ask', async () => {
    const ran = await run('registry.example.com', { isTTY: true, input: new Error('it was read') })
    expect(ran).toMatchObject({ status: 2, stdout: '' })
    expect(ran.stderr).toContain('would show a password')
  })

  test.each([
    ['https://registry.example.com', 'x', 2, 'expected HOST'],
    ['registry.example.com', '\n', 4, 'SECRET_FIELD_INVALID'],
    ['registry.example.com', 'canary\u0007', 4, 'SECRET_FIELD_INVALID'],
    ['registry.example.com', 'x'.repeat(70_000), 2, 'too large'],
  ])('says for %s why there is none', async (server, input, status, words) => {
    const ran = await run(server, { input })
    expect(ran).toMatchObject({ status, stdout: '' })
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(words)
    expect(ran.stderr).not.toContain('canary')
  })
})
