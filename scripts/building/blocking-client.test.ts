/** The blocking Python client in the repository is the one that its asyncio twin makes. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { blockingClient, blockingClientFile } from './blocking-client.ts'

test('the blocking Python client is current: npx node scripts/blocking-client.ts', async () => {
  expect(await readFile(blockingClientFile, 'utf8')).toBe(await blockingClient())
})

test('nothing in it is asynchronous', async () => {
  expect(await blockingClient()).not.toMatch(/\basync\b|\bawait|Async|Await/)
})
