/** The local log of the doors' decisions: one JSON object per line, readable only by its owner. Contains no secret and no unescaped external text. */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '@fairlead/credential-path/process/make-folder'
import type { DoorDecision } from './door.ts'

const largest = 4 * 1024 * 1024

export interface LoggedDecision extends DoorDecision {
  /** Who answered: the agent over its socket, or the program that Docker or the kubelet started. */
  readonly by: 'agent' | 'program'
  readonly duration_ms: number
}

/** One file and its predecessor. Lines of several programs do not mix: each is a single write at the end of the file. */
export function appendDecision(file: string, decision: LoggedDecision, now = new Date()): void {
  makeFolder(dirname(file))
  const descriptor = openSync(file, 'a', 0o600)
  try {
    writeSync(descriptor, `${JSON.stringify({ time: now.toISOString(), ...decision })}\n`)
    if (fstatSync(descriptor).size > largest) renameSync(file, `${file}.1`)
  } finally {
    closeSync(descriptor)
  }
}
