import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

function logging(standardError: 'pipe' | number) {
  const program = `
    import { openAgentLog } from '${new URL('agent-log.ts', import.meta.url).href}'
    const log = openAgentLog()
    log.info({ n: 1 }, 'first')
    setTimeout(() => { log.warn({ n: 2 }, 'second'); process.kill(process.pid, 'SIGKILL') }, 50)
  `
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', standardError] })
}

test('the last line before a crash is written', async () => {
  const lines = (await text(logging('pipe').stdio[2] as Readable)).split('\n').slice(0, 2)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'info', n: 1, msg: 'first' },
    { level: 'warn', n: 2, msg: 'second' },
  ])
})

test('R7: a full disk under the log costs lines, and not the agent', async () => {
  const full = openSync('/dev/full', 'w')
  const child = logging(full)
  closeSync(full)
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
})
