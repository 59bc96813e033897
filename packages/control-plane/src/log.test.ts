import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'

/** A process that logs `lines` of 1 KB at once. */
function logging(lines: number, standardError: 'pipe' | number) {
  const program = `
    import { createLog } from '${new URL('log.ts', import.meta.url).href}'
    const log = createLog('info')
    for (let line = 0; line < ${lines}; line++) log.info({ line, text: 'é'.repeat(500) }, 'a line')
  `
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', standardError] })
}

test('every line is written in order, to a reader that begins late too', async () => {
  const child = logging(2000, 'pipe')
  await sleep(500)
  const written = await text(child.stdio[2] as Readable)
  const numbers = written
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { line: number }).line)
  expect(numbers).toEqual(Array.from({ length: 2000 }, (_, line) => line))
})

test('lines on a full disk are lost, and the process ends as if they had been written', async () => {
  const full = openSync('/dev/full', 'w')
  const child = logging(100, full)
  closeSync(full)
  expect(await once(child, 'exit')).toEqual([0, null])
})
