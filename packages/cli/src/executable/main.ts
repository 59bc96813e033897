/**
 * Where the single-file executable starts. It contains its code as parts, each read on first use: a start that loaded everything
 * took three times as long. Node gives such a file only its built-in modules, so the parts are CommonJS and are found here.
 */
import { getAssetKeys, getRawAsset } from 'node:sea'
import { openParts } from './parts.ts'
import type * as program from './program.ts'

const kept = new Set(getAssetKeys())
const bytesOf = (name: string): Uint8Array | null => (kept.has(name) ? new Uint8Array(getRawAsset(name)) : null)

const { runProgram } = openParts(bytesOf)('program.js') as typeof program
void runProgram(process.argv0, process.argv.slice(2))
