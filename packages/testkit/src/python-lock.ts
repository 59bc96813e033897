/** The locks for what the tests take from Python's registry: each package by version and hash, wheels only, which run nothing on install (S26). */
import { existsSync } from 'node:fs'
import { inRepository } from './repository.ts'

/** The path of a lock in `packages/testkit/locks`, by its name without `.txt`. */
export function lockFile(name: string): string {
  const path = inRepository(`packages/testkit/locks/${name}.txt`)
  if (!existsSync(path)) throw new Error(`${path} does not exist; CONTRIBUTING.md says how to write a lock`)
  return path
}

/** Makes `pip install` accept exactly the wheels of a lock, and refuse other bytes. */
export function lockedWheels(lock: string): string[] {
  return ['--require-hashes', '--only-binary=:all:', '--requirement', lock]
}
