import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ScriptedShell } from './scripted-context.ts'

const program = new URL('bin.ts', import.meta.url).pathname

async function runInRemovedFolder(args: string) {
  using shell = new ScriptedShell()
  const script = `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" ${args}`
  const child = spawn('sh', ['-c', script, process.execPath, program], { cwd: shell.folder, timeout: 30_000 })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, said }
}

test('a command that needs the working folder says that it was removed', async () => {
  const { status, said } = await runInRemovedFolder('cluster-env lint my.yaml')
  expect(said).toContain('error: the current folder was removed: change to another one first (USAGE)')
  expect(status).toBe(2)
})

test('a command that does not need the working folder runs after it was removed', async () => {
  expect(await runInRemovedFolder('completion bash')).toMatchObject({ status: 0 })
})

test('names the program that it cannot become', async () => {
  const script = `
    const { contextOfProcess } = await import(${JSON.stringify(new URL('context-of-process.ts', import.meta.url).href)})
    contextOfProcess().become(['pyton', 'train.py'], { PATH: '/none' })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 })
  let said = ''
  child.stderr.on('data', (part: Buffer) => (said += part.toString()))
  await once(child, 'close')
  expect(said).toContain('there is no program pyton to run')
})

test('the second signal ends a command that is stuck in the system, such as on a pipe that nobody writes to', async () => {
  using shell = new ScriptedShell()
  const pipe = join(shell.folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const script = `
    import { open } from 'node:fs/promises'
    const { contextOfProcess } = await import(${JSON.stringify(new URL('context-of-process.ts', import.meta.url).href)})
    const { signal, stdout } = contextOfProcess()
    signal.addEventListener('abort', () => stdout.write('asked to end'))
    void open(${JSON.stringify(pipe)})
    stdout.write('stuck')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  expect(await ended).toEqual([null, 'SIGINT'])
})
