import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from '../servers/http-service.ts'
import { capturePackets } from './packet-capture.ts'
import { scanPackets } from './packet-scan.ts'
import { freePort } from '../servers/free-port.ts'

test('captures what was sent just before the end', async () => {
  await using server = await listen((_, response) => void response.end('the last word'))
  await using capture = await capturePackets(server.port)
  await (await fetch(`http://127.0.0.1:${server.port}`)).text()
  const packets = await capture.finish()
  expect((await readFile(packets)).includes('the last word')).toBe(true)
  expect(await scanPackets(packets, [])).toMatchObject({ streams: 2, gaps: 0 })
})

test('does not count a refused connection as a gap', async () => {
  const port = await freePort()
  await using capture = await capturePackets(port)
  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(await scanPackets(await capture.finish(), [])).toMatchObject({ streams: 1, gaps: 0 })
})
