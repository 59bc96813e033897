/** What an agent gives back after a pull. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collectGarbage } from './collect-garbage.ts'

const mebibyte = 1024 * 1024

test('frees the buffers that nobody holds any more', async () => {
  const held = new Set<Buffer>()
  await fill(held)
  collectGarbage()
  const full = process.memoryUsage().arrayBuffers
  held.clear()
  // A value may still be on the stack of the turn that made it.
  await expect
    .poll(
      () => {
        collectGarbage()
        return full - process.memoryUsage().arrayBuffers
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(31 * mebibyte)
})

async function fill(held: Set<Buffer>): Promise<void> {
  for (let count = 0; count < 32; count++) held.add(Buffer.alloc(mebibyte))
  await nextTurn()
}
