import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ScriptedShell } from './scripted-context.ts'

const program = new URL('bin.ts', import.meta.url).pathname

async function evaluate(script: string) {
  const module = JSON.stringify(new URL('command-line.ts', import.meta.url).href)
  const whole = `const { runCommandLine } = await import(${module})\n${script}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', whole], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  let said = ''
  child.stderr.on('data', (part: Buffer) => (said += part.toString()))
  const ended = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { said, ended }
}

test('a finished command exits, whatever a library left open', async () => {
  const module = new URL('command-line.ts', import.meta.url).href
  const script = `
    import { createServer } from 'node:net'
    createServer().listen(0, '127.0.0.1')
    const { runCommandLine } = await import(${JSON.stringify(module)})
    await runCommandLine(['no-such-command'])`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore', timeout: 30_000 })
  expect(await once(child, 'exit')).toEqual([2, null])
})

test('reports a problem when a full disk rejects output', async () => {
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

test('finishes its work when the reader of its output leaves early', async () => {
  using shell = new ScriptedShell()
  const executable = shell.write('fairlead', '')
  chmodSync(executable, 0o755)
  const image = join(shell.folder, 'image')
  const args = [program, 'agent', 'install', '--executable', executable, '--root', image]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 })
  child.stdout.destroy()
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(existsSync(join(image, 'etc/systemd/system/fairlead-agent.service'))).toBe(true)
})

test('can use what it creates under a umask that hides it from its own user', async () => {
  const { said } = await evaluate(`
    process.umask(0o777)
    await runCommandLine(['completion', 'bash'])
    console.error(process.umask(0o022).toString(8))`)
  expect(said).toBe('77\n')
})

test('one signal ends a command that waits for somebody to write into a pipe', async () => {
  using shell = new ScriptedShell()
  execFileSync('mkfifo', [join(shell.folder, 'pipe')])
  const { said, ended } = await evaluate(`
    process.chdir(${JSON.stringify(shell.folder)})
    const running = runCommandLine(['cluster-env', 'lint', 'pipe'])
    process.kill(process.pid, 'SIGTERM')
    await running`)
  expect(said).toContain('(INTERRUPTED)')
  expect(ended).toEqual([null, 'SIGINT'])
})

test('keeps its own status when nobody reads what it says', async () => {
  const child = spawn(process.execPath, [program, 'no-such-command'], { stdio: 'pipe', timeout: 30_000 })
  child.stdout.destroy()
  child.stderr.destroy()
  expect(await once(child, 'exit')).toEqual([2, null])
})
