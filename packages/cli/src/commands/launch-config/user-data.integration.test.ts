/** The script as bash runs it, in separate mounts; the program that it downloads records how it was called. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sampleSubject } from './sample-subject.ts'
import { userDataScript } from './user-data.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fairlead-user-data-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** Ends with the next of these each time it is asked to join. */
function programThatJoins(statuses: readonly number[]): string {
  const cases = statuses.map((status, index) => `${index + 1}) exit ${status} ;;`).join(' ')
  return `#!/bin/sh
test "$1" != --version || exit 0
printf '%s\\n' "$*" >> ${folder}/calls
test "$2" = join || exit 0
echo >> ${folder}/joins
case $(wc -l < ${folder}/joins) in ${cases} *) exit 0 ;; esac
`
}

function runScript(program: string, sha256: string): { status: number | null; calls: string[] } {
  const add = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o755 })
  add('download', program)
  // The last two words of curl's command line are the file and the address.
  add('curl', `#!/bin/bash\ncp ${folder}/download "\${@: -2:1}"\n`)
  add('sleep', '#!/bin/sh\n')
  add('apt-get', `#!/bin/sh\nprintf 'apt-get %s\\n' "$*" >> ${folder}/calls\n`)
  writeFileSync(join(folder, 'calls'), '')
  const source = { url: 'https://downloads.example.com/fairlead', sha256 }
  add('script', userDataScript(sampleSubject({ program: source })))
  const inside = 'mount -t tmpfs tmpfs /usr/local/bin && mount -t tmpfs tmpfs /usr/local/sbin && exec bash "$0"'
  const { status } = spawnSync('unshare', ['--mount', 'sh', '-c', inside, join(folder, 'script')], {
    env: { PATH: `${folder}:/usr/sbin:/usr/bin:/sbin:/bin` },
  })
  return { status, calls: readFileSync(join(folder, 'calls'), 'utf8').split('\n').slice(0, -1) }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const joining = `agent join --host=https://fairlead.example.com:8470 --provider=aws --cloud=prod --ca-sha256=${'ab'.repeat(32)}`

test('bash accepts it', () => {
  const script = join(folder, 'script')
  for (const program of [sampleSubject().program, null]) {
    writeFileSync(script, userDataScript(sampleSubject({ program })))
    expect(() => execFileSync('bash', ['-n', script])).not.toThrow()
  }
})

test('the machine gets the program, joins with its identity, and starts its agent', () => {
  const program = programThatJoins([0])
  expect(runScript(program, hashOf(program))).toEqual({ status: 0, calls: [joining, 'agent install'] })
})

test('installs the library that a program which does not start lacks', () => {
  const program = programThatJoins([0]).replace('|| exit 0', '|| exit 127')
  const installing = ['apt-get update -q', 'apt-get install -q -y libatomic1']
  expect(runScript(program, hashOf(program))).toEqual({ status: 0, calls: [...installing, joining, 'agent install'] })
})

test('retries while the control plane is unreachable', () => {
  const program = programThatJoins([7, 7, 0])
  expect(runScript(program, hashOf(program))).toEqual({
    status: 0,
    calls: [joining, joining, joining, 'agent install'],
  })
})

test('a rejected machine tries once, says so, and starts nothing', () => {
  const program = programThatJoins([6])
  expect(runScript(program, hashOf(program))).toEqual({ status: 6, calls: [joining] })
})

test('does not run a program other than the named one', () => {
  const { status, calls } = runScript(programThatJoins([0]), hashOf('the one that was named'))
  expect(status).not.toBe(0)
  expect(calls).toEqual([])
})
