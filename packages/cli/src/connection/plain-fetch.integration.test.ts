/** The command line and servers of other users on loopback: only root, this user, and the user that served at login get a token. */
import { startServerOfAnotherUser } from '@fairlead/testkit'
import { describe, expect, test } from 'vitest'
import { ScriptedShell } from '../scripted-context.ts'
import { sampleToken } from './sample-token.ts'

const token = `flt_${'a'.repeat(43)}`
const nobody = 65_534
const daemon = 1
const me = { result: sampleToken }

describe('a server of another user on loopback', () => {
  test.each(['127.0.0.1', 'localhost'])('S2: gets neither the token nor anything else, at %s', async (name) => {
    using shell = new ScriptedShell()
    await using server = await startServerOfAnotherUser({ uid: nobody })
    const env = { FAIRLEAD_TOKEN: token, FAIRLEAD_HOST: `http://${name}:${server.port}` }
    const ran = await shell.run(['cloud', 'list'], { env })
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('(CONTROL_PLANE_OF_ANOTHER_USER)')
    expect(ran.stderr).toContain(String(nobody))
    expect(await server.sent(1)).toEqual([''])
  })

  test('S2: gets it if it served at login, and no other user in its place does', async () => {
    using shell = new ScriptedShell()
    const server = await startServerOfAnotherUser({ uid: daemon, answer: me })
    const { port } = server
    const login = await shell.run(['login', '--host', `http://127.0.0.1:${port}`], { input: token })
    expect(login.stdout).toContain(`The server there belongs to the user with the id ${daemon}`)
    const again = await shell.run(['cloud', 'list'])
    expect(again.stderr).toContain('(CONTROL_PLANE_ANSWER_INVALID)')
    const [, listed] = await server.sent(2)
    expect(listed).toContain(`authorization: Bearer ${token}`)
    await server[Symbol.asyncDispose]()

    await using other = await startServerOfAnotherUser({ uid: nobody, port, answer: me })
    const ran = await shell.run(['cloud', 'list'])
    expect(ran.stderr).toContain('(CONTROL_PLANE_OF_ANOTHER_USER)')
    expect(await other.sent(1)).toEqual([''])
  })
})
