/** How long an engine may say nothing. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { expect, test, vi } from 'vitest'
import { askEngine } from './ask-engine.ts'
import { CriClient } from './cri/cri-client.ts'

const never = new AbortController().signal

test('an engine that accepts a question and says nothing is not taken for one that is not there', async () => {
  const path = join(newFolder('silent'), 'engine.sock')
  await using server = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const ask = askEngine(path, never, (signal) => new CriClient(path).version(signal), 50)
  await expect(ask).rejects.toMatchObject({
    code: 'DOOR_ENGINE_SILENT',
    facts: { path, reason: 'no answer within 0.05 seconds' },
  })
})

test('S9: an engine has 10 s to answer if nothing else is said', async () => {
  const over = new AbortController()
  using limits = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal)
  const silent = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
  const asked = askEngine('/x', never, silent)
  expect(limits.mock.calls).toEqual([[10_000]])
  over.abort()
  await expect(asked).rejects.toMatchObject({ code: 'DOOR_ENGINE_SILENT' })
})

test('what an engine answers, or fails with, is passed on', async () => {
  expect(await askEngine('/x', never, async () => 'answer')).toBe('answer')
  await expect(askEngine('/x', never, () => Promise.reject(new Error('its own')))).rejects.toThrow('its own')
})

test('a caller that gives up is not told of an engine', async () => {
  const reason = new Error('given up')
  await expect(askEngine('/x', AbortSignal.abort(reason), async (signal) => signal.throwIfAborted())).rejects.toBe(
    reason,
  )
})
