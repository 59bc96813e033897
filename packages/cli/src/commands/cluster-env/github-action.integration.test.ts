/** The step of the GitHub Action as a runner starts it, with the program of this repository; GitHub's own runner is not here. */
import { fairleadProgram, newFolder, runCommand } from '@fairlead/testkit'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const place = new URL('../../../../../deploy/github-action/', import.meta.url)
const action = parse(readFileSync(new URL('action.yml', place), 'utf8')) as {
  inputs: Record<string, { default?: string }>
  runs: { steps: readonly { run: string; env: Record<string, string> }[] }
}
const folder = newFolder('action')
const program = `#!/bin/sh\nexec ${process.execPath} ${fairleadProgram} "$@"\n`
writeFileSync(join(folder, 'fairlead'), program, { mode: 0o755 })
writeFileSync(join(folder, 'good one.yaml'), 'docker_image: example.jfrog.io/team/app:1\nray_version: 2.55.1\n')
writeFileSync(join(folder, 'bad.yaml'), 'docker_image: example.jfrog.io/team/app:1\n')

/** What GitHub does with a composite step: it fills the variables from the inputs, and runs the line in bash. */
function run(inputs: Record<string, string>, path = `${folder}:/usr/bin:/bin`, job: Record<string, string> = {}) {
  const [step] = action.runs.steps
  const env = Object.entries(step?.env ?? {}).map(([name, expression]) => {
    const input = /^\$\{\{ inputs\.([a-z0-9-]+) \}\}$/.exec(expression)?.[1] ?? expression
    return [name, inputs[input] ?? action.inputs[input]?.default ?? ''] as const
  })
  return runCommand('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? ''], {
    cwd: folder,
    env: {
      ...job,
      ...Object.fromEntries(env),
      PATH: path,
      HOME: folder,
      GITHUB_ACTION_PATH: new URL('.', place).pathname,
    },
  })
}

test('checks each file, and fails if one has a fault', async () => {
  const passed = await run({ files: 'good one.yaml\n' })
  expect(passed).toMatchObject({ status: 0, stdout: 'good one.yaml is valid\n', stderr: '' })
  const failed = await run({ files: 'bad.yaml\ngood one.yaml' })
  expect(failed.status).toBe(4)
  expect(failed.stdout).toContain('good one.yaml is valid')
  expect(failed.stderr).toContain('CONFIG_INVALID')
})

test('a build goes to the control plane that the inputs name, and the log has no token', async () => {
  const token = `flt_${'A'.repeat(43)}`
  const ran = await run({ files: 'good one.yaml', command: 'build', host: 'http://127.0.0.1:9', token })
  expect(ran.status).toBe(7)
  expect(ran.stderr).toContain('127.0.0.1:9')
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(token)
})

test('a build without a token signs in as the job, and says what the job lacks', async () => {
  const inputs = { files: 'good one.yaml', command: 'build', host: 'http://127.0.0.1:9' }
  const ran = await run(inputs, undefined, { GITHUB_ACTIONS: 'true' })
  expect(ran.status).toBe(6)
  expect(ran.stderr).toContain('CI_ID_TOKEN_MISSING')
  expect(ran.stderr).toContain('id-token: write')
})

test('text of an input is never run, neither as a file nor as a command', async () => {
  const ran = await run({ files: '$(touch evil)`touch evil`; touch evil\n--help', command: 'lint' })
  expect(ran.status).toBe(4)
  expect((await run({ files: 'bad.yaml', command: 'lint; touch evil' })).status).toBe(2)
  expect((await runCommand('ls', [folder])).stdout).not.toContain('evil')
  expect(action.runs.steps.map(({ run: line }) => line).join()).not.toContain('inputs.')
})

test('a downloaded program runs only with its hash', async () => {
  const url = `file://${folder}/fairlead`
  const sha256 = createHash('sha256').update(program).digest('hex')
  const inputs = { files: 'good one.yaml', 'program-url': url }
  expect((await run({ ...inputs, 'program-sha256': sha256 }, '/usr/bin:/bin')).status).toBe(0)
  expect((await run({ ...inputs, 'program-sha256': 'ab'.repeat(32) }, '/usr/bin:/bin')).status).toBe(1)
  expect((await run(inputs, '/usr/bin:/bin')).stderr).toContain('is required with program-url')
})
