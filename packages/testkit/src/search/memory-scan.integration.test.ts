import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { scanFiles } from './file-scan.ts'
import { scanMemory } from './memory-scan.ts'
import { secretForms } from './secret-scan/secret-forms.ts'

let child: ChildProcess | undefined
afterEach(() => child?.kill('SIGKILL'))

/** Another program that reads a line into its memory, as an agent reads a secret. */
async function holder(program: string, text: string): Promise<number> {
  const script = `process.stdin.once('data', (bytes) => { globalThis.kept = ${program}; console.log('kept') }); setInterval(() => {}, 1000)`
  child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin?.write(text)
  if (child.stdout) await once(child.stdout, 'data')
  return child.pid ?? 0
}

test('finds a secret in the memory of another process, and not another secret', async () => {
  const [held, other] = [`held-${randomBytes(12).toString('hex')}`, `other-${randomBytes(12).toString('hex')}`]
  const pid = await holder('bytes.toString()', held)
  const scan = await scanMemory(pid, secretForms(held))
  expect(scan.findings.map((finding) => finding.form)).toContain('as it is')
  expect(scan.bytesRead).toBeGreaterThan(10_000_000)
  expect((await scanMemory(pid, secretForms(other))).findings).toEqual([])
})

test('finds a login that was made into a header', async () => {
  const secret = `basic-${randomBytes(12).toString('hex')}`
  const pid = await holder(`'Basic ' + Buffer.from('user:' + bytes).toString('base64')`, secret)
  const forms = (await scanMemory(pid, secretForms(secret))).findings.map((finding) => finding.form)
  expect(forms.some((form) => form.startsWith('base64'))).toBe(true)
})

test('searches files at any depth and does not follow links', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'file-scan-'))
  try {
    const secret = `file-${randomBytes(12).toString('hex')}`
    await mkdir(join(folder, 'a', 'b'), { recursive: true })
    await writeFile(join(folder, 'clean.db'), 'x'.repeat(100))
    await writeFile(join(folder, 'a', 'b', 'wal'), `${'x'.repeat(2 * 1024 * 1024 - 5)}${secret}`)
    await symlink('/etc/passwd', join(folder, 'link'))
    const scan = await scanFiles(folder, secretForms(secret))
    expect(scan.findings).toEqual([{ place: join(folder, 'a', 'b', 'wal'), form: 'as it is' }])
    expect(scan.filesRead).toBe(2)
    const file = await scanFiles(join(folder, 'a', 'b', 'wal'), secretForms(secret))
    expect(file).toEqual({ ...scan, filesRead: 1, bytesRead: scan.bytesRead - 100 })
  } finally {
    await rm(folder, { recursive: true })
  }
})
