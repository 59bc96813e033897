import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

test('a finished command exits, whatever a library left open', async () => {
  const program = new URL('command-line.ts', import.meta.url).href
  const script = `
    import { createServer } from 'node:net'
    createServer().listen(0, '127.0.0.1')
    const { runCommandLine } = await import(${JSON.stringify(program)})
    await runCommandLine(['no-such-command'])`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore', timeout: 30_000 })
  expect(await once(child, 'exit')).toEqual([2, null])
})

test('reports a problem when a full disk rejects output', async () => {
  const program = new URL('bin.ts', import.meta.url).pathname
  const args = ['-c', `exec "$0" "$1" completion bash > /dev/full`, process.execPath, program]
  const child = spawn('sh', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 })
  let said = ''
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString()
  })
  const [status] = (await once(child, 'close')) as [number | null]
  expect(said).toContain('error: standard output cannot be written: the disk is full (FILE_UNWRITABLE)')
  expect(status).not.toBe(0)
})
