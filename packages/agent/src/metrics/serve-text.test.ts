import { request } from 'node:http'
import { parseHostAndPort } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { serveText, type TextListener } from './serve-text.ts'

function statusFor(listener: TextListener, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const port = parseHostAndPort(listener.address)?.port
  const sent = request({ host: '127.0.0.1', port, headers: { host } }, (answer) => {
    answer.resume()
    resolve(answer.statusCode)
  })
  sent.on('error', reject)
  sent.end()
  return promise
}

const answer = () => ({ status: 200, text: 'ok\n' })

test('on loopback, refuses a Host that is not loopback, as in DNS rebinding', async () => {
  await using listener = await serveText('127.0.0.1:0', '--metrics-listen', answer)
  expect(await statusFor(listener, 'evil.example.com')).toBe(421)
  expect(await statusFor(listener, '127.0.0.1.evil.example.com:9100')).toBe(421)
  expect(await statusFor(listener, 'localhost:1')).toBe(200)
  expect(await statusFor(listener, '[::1]')).toBe(200)
})

test('on other addresses, answers under every name that monitoring has for it', async () => {
  await using listener = await serveText('0.0.0.0:0', '--metrics-listen', answer)
  expect(await statusFor(listener, 'node-1.example.com:9100')).toBe(200)
})
