import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

test('a command that is done ends, whatever a library left open', async () => {
  const program = new URL('command-line.ts', import.meta.url).href
  const script = `
    import { createServer } from 'node:net'
    createServer().listen(0, '127.0.0.1')
    const { runCommandLine } = await import(${JSON.stringify(program)})
    await runCommandLine(['no-such-command'])`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore', timeout: 30_000 })
  expect(await once(child, 'exit')).toEqual([2, null])
})
