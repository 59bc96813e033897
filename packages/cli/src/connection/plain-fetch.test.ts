import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { asAnotherUser } from '../../../testkit/src/machines/as-another-user.ts'
import { ScriptedShell } from '../scripted-context.ts'

test('S2: does not send the token to a server of another user on loopback', async () => {
  using shell = new ScriptedShell()
  let sent = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      sent += bytes.toString()
      socket.destroy()
    })
  })
  // Loads everything that the command needs.
  await shell.run(['cloud', 'list'], { env: { FAIRLEAD_TOKEN: 'x', FAIRLEAD_HOST: 'http://127.0.0.1:1' } })
  const env = { FAIRLEAD_TOKEN: `flt_${'a'.repeat(43)}`, FAIRLEAD_HOST: '' }
  await asAnotherUser(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    env.FAIRLEAD_HOST = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ran = await shell.run(['cloud', 'list'], { env: { ...env, XDG_CONFIG_HOME: '/nowhere' } })
    expect(ran.stderr).toContain('(CONTROL_PLANE_OF_ANOTHER_USER)')
    expect(ran.status).toBe(3)
  })
  expect(sent).toBe('')
  server.close()
})
