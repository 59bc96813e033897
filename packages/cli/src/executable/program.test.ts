import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

test.each(['constructor', '__proto__'])('%s is no program of the single file, but an unknown command', async (name) => {
  const program = new URL('program.ts', import.meta.url).href
  const script = `const { runProgram } = await import(${JSON.stringify(program)}); await runProgram('fairlead', ['${name}'])`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 30_000,
  })
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(said).toContain(`there is no command ${name} (USAGE)`)
  expect(status).toBe(2)
})
