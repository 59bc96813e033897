import { problem } from '@fairlead/contract/problems'
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const module = new URL('node-version.mjs', import.meta.url).href

test.each(['20.20.2', '24.4.1'])(
  'rejects Node %s as too old, in the format of every problem, and runs nothing else',
  (version) => {
    const { what, fix, who } = problem('NODE_TOO_OLD', { version })
    expect(run(version)).toEqual({
      status: 1,
      stdout: '',
      stderr: `error: ${what} (NODE_TOO_OLD)\nfix:   ${fix}\nwho:   ${who}\n`,
    })
  },
)

test.each(['24.5.0', '25.0.0', process.versions.node, '100.1.0'])('continues on Node %s', (version) => {
  expect(run(version)).toEqual({ status: 0, stdout: 'went on\n', stderr: '' })
})

function run(version: string) {
  const script = `
    import { refuseOldNode } from ${JSON.stringify(module)}
    refuseOldNode(${JSON.stringify(version)})
    console.log('went on')`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { status, stdout, stderr }
}
