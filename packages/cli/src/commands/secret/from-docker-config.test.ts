/** A Docker login goes into a pipe, and never onto a screen. */
import { truncateSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ScriptedShell, type ScriptedWorld } from '../../scripted-context.ts'

const auth = Buffer.from('robot:canary:1f').toString('base64')
const config = JSON.stringify({ auths: { 'registry.example.com': { auth } } })
const args = ['secret', 'from-docker-config', '-', '--server']

async function run(server: string, world: ScriptedWorld) {
  using shell = new ScriptedShell()
  return shell.run([...args, server], world)
}

describe('fairlead secret from-docker-config', () => {
  test('writes the document and nothing else', async () => {
    const { status, stdout, stderr } = await run('registry.example.com', { input: config })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ username: 'robot', password: 'canary:1f', server: 'registry.example.com' })
  })

  test('reads a file', async () => {
    using shell = new ScriptedShell()
    const file = shell.write('config.json', config)
    const ran = await shell.run(['secret', 'from-docker-config', file, '--server', 'registry.example.com'])
    expect(ran.status).toBe(0)
  })

  test('reports size and limit for a file that is too large, and reads no more than the limit', async () => {
    using shell = new ScriptedShell()
    truncateSync(shell.write('config.json', config), 2 ** 30)
    const ran = await shell.run(['secret', 'from-docker-config', 'config.json', '--server', 'registry.example.com'])
    expect(ran).toMatchObject({ status: 4, stdout: '' })
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(
      'config.json is too large: it has 1,073,741,824 bytes, and no more than 1,048,576 are read (FILE_TOO_LARGE)',
    )
  })

  test('writes nothing to a terminal, and does not even read', async () => {
    const ran = await run('registry.example.com', { isTTY: true, input: new Error('it was read') })
    expect(ran).toMatchObject({ status: 2, stdout: '' })
    expect(ran.stderr).toContain('would show a password')
  })

  test.each([
    ['other.example.com', config, 5, 'DOCKER_CONFIG_NO_LOGIN'],
    ['https://registry.example.com', config, 2, 'expected HOST'],
    ['registry.example.com', '{', 4, 'DOCKER_CONFIG_INVALID'],
    [
      'registry.example.com',
      '{"credHelpers":{"registry.example.com":"pass"}}',
      4,
      'a credential helper of Docker keeps it',
    ],
  ])('says for %s with %j why there is none', async (server, input, status, words) => {
    const ran = await run(server, { input })
    expect(ran).toMatchObject({ status, stdout: '' })
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(words)
    expect(ran.stderr).not.toContain('canary')
  })
})
