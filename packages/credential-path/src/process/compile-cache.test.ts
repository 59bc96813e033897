/** Keeping compiled code never keeps a command from starting. */
import { spawnSync } from 'node:child_process'
import { mkdtempDisposableSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = new URL('compile-cache.mjs', import.meta.url).href

function startWith(env: Readonly<Record<string, string>>) {
  const script = `
    import { keepCompiledCode } from ${JSON.stringify(module)}
    keepCompiledCode()
    console.log('went on')`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env,
    timeout: 10_000,
    killSignal: 'SIGKILL',
  })
  return stdout
}

test('keeps it in the folder of the user', () => {
  using home = mkdtempDisposableSync(join(tmpdir(), 'fairlead-home-'))
  expect(startWith({ HOME: home.path })).toBe('went on\n')
  expect(readdirSync(join(home.path, '.cache', 'fairlead'))).toEqual(['compiled'])
})

// Node's own recursive `mkdir` never returns there.
test('starts where no folder can be made, such as below /proc', () => {
  using home = mkdtempDisposableSync(join(tmpdir(), 'fairlead-home-'))
  expect(startWith({ HOME: home.path, XDG_CACHE_HOME: '/proc/fairlead' })).toBe('went on\n')
})
