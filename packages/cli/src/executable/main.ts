/**
 * Where the one-file executable begins. Its code is in it as parts, each read when it is first asked for: a start that loaded all of it
 * took three times as long. Node gives such a file no modules but its own, so the parts are CommonJS and are found here.
 */
import { getAssetKeys, getRawAsset } from 'node:sea'
import { openParts } from './parts.ts'
import type * as program from './program.ts'

const kept = new Set(getAssetKeys())
const bytesOf = (name: string): Uint8Array | null => (kept.has(name) ? new Uint8Array(getRawAsset(name)) : null)

const { runProgram } = openParts(bytesOf)('program.js') as typeof program
void runProgram(process.argv0, process.argv.slice(2))
