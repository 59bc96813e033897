/** Carries out a step. Each can be repeated; a file is replaced atomically, so that a reader sees the old one or the new one. */
import { makeFolder } from '@fairlead/credential-path/process/make-folder'
import { isProblem, problem, writeFault } from '@fairlead/contract/problems'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmod,
  copyFile,
  link,
  lstat,
  open,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { writeSetupFile } from './setup-file.ts'
import { sentenceOf, sysusersArgs, type MachineStep } from './machine-step.ts'

const run = promisify(execFile)

/** Throws INSTALL_STEP_FAILED. */
export async function doStep(step: MachineStep): Promise<void> {
  try {
    await perform(step)
  } catch (error) {
    if (isProblem(error)) throw error
    throw problem('INSTALL_STEP_FAILED', { name: sentenceOf(step), reason: reasonOf(error) })
  }
}

async function perform(step: MachineStep): Promise<void> {
  switch (step.do) {
    case 'make-folder':
      makeFolder(dirname(step.path), 0o755)
      return makeFolder(step.path, step.mode)
    case 'copy':
      // Also for the running file: it stays, without a name, until its process ends.
      return replace(step.path, async (draft) => {
        await copyFile(step.from, draft)
        if (step.group !== undefined) await run('chgrp', [step.group, draft])
        await chmod(draft, step.mode)
        await using file = await open(draft, 'r+')
        await file.sync()
      })
    case 'link':
      return replace(step.path, (draft) => symlink(step.target, draft))
    case 'write':
      return replace(step.path, (draft) => writeNew(draft, step))
    case 'write-if-missing':
      if ((await kindOf(step.path)) === null) await replace(step.path, (draft) => writeNew(draft, step))
      return
    case 'write-new':
      return writeOnce(step)
    case 'edit':
      return edit(step)
    case 'keep-aside':
      return replace(step.as, (draft) => link(step.path, draft))
    case 'put-back':
      return rename(step.from, step.path)
    case 'remove':
      return rm(step.path, { force: true })
    case 'remove-link':
      if ((await kindOf(step.path)) === 'link' && (await readlink(step.path)) === step.target) await rm(step.path)
      return
    case 'remove-folder':
      return rm(step.path, { recursive: true, force: true })
    case 'remove-empty-folder':
      return removeEmpty(step.path)
    case 'make-users':
      await run('systemd-sysusers', [...sysusersArgs(step)])
      return
    case 'systemctl':
      await run('systemctl', [...step.args])
      return
    case 'stop-unit': {
      const { stdout } = await run('systemctl', ['show', '--property=LoadState', '--value', step.unit])
      if (stdout.trim() === 'loaded') await run('systemctl', ['disable', '--now', step.unit])
    }
  }
}

async function replace(
  path: string,
  make: (draft: string) => Promise<void>,
  put: typeof rename = rename,
): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await make(draft)
    await put(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Throws INSTALL_STEP_FAILED if somebody else made it meanwhile. */
async function writeOnce(step: Extract<MachineStep, { do: 'write-new' }>): Promise<void> {
  await replace(step.path, (draft) => writeNew(draft, step), link).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? changedMeanwhile(step) : error
  })
}

/** Throws INSTALL_STEP_FAILED if somebody else changed it meanwhile. */
async function edit(step: Extract<MachineStep, { do: 'edit' }>): Promise<void> {
  await writeSetupFile(step.path, step.text, async () => {
    if ((await readFile(step.path, 'utf8')) !== step.before) throw changedMeanwhile(step)
  })
}

const changedMeanwhile = (step: MachineStep) =>
  problem('INSTALL_STEP_FAILED', { name: sentenceOf(step), reason: 'somebody else changed it meanwhile' })

async function removeEmpty(path: string): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(String(codeOf(error)))) throw error
  }
}

async function writeNew(
  draft: string,
  { text, mode }: { readonly text: string; readonly mode: number },
): Promise<void> {
  await writeFile(draft, text, { flag: 'wx', flush: true, mode })
  // Restores the bits that the umask removed.
  await chmod(draft, mode)
}

async function kindOf(path: string): Promise<'link' | 'other' | null> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })
  if (found === null) return null
  return found.isSymbolicLink() ? 'link' : 'other'
}

function codeOf(error: unknown): string | number | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : null
}

/** Of a program, its exit status: systemctl puts its own message in the journal. */
function reasonOf(error: unknown): string {
  const code = codeOf(error)
  if (typeof code === 'number') return `exit status ${code}`
  const [call, program] = error instanceof Error && 'syscall' in error ? String(error.syscall).split(' ') : []
  return call === 'spawn' && code === 'ENOENT' ? `there is no program ${program}` : writeFault(error)
}
