/** Whether a command line is one that the program takes, without running it: tests ask this of every command in the documents. */
import { run } from '@stricli/core'
import { arranged, buildFairlead, placeIn } from './app.ts'
import { flagsOf } from './command-tree.ts'
import { ScriptedShell } from './scripted-context.ts'
import { UsageError } from './usage-error.ts'

/** The fault in the words of the program, or null. The arguments are read as they are when the command runs. */
export async function faultOfCommandLine(words: readonly string[]): Promise<string | null> {
  const args = arranged(words)
  const { words: command, target } = placeIn(args)
  const found = 'parameters' in target ? target : target.getDefaultCommand()
  using shell = new ScriptedShell()
  const { context } = shell.context()
  const rest = args.slice(command.length)
  if (found === undefined && rest.length === 0) return null
  const idle = found && { ...found, loader: async () => () => undefined }
  try {
    await run(buildFairlead(args, idle), idle === undefined ? args : rest, context)
    return null
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}

/** The same for a command of which a sentence names only a part: its words, and the flags that it has. */
export function faultOfMention(words: readonly string[]): string | null {
  const args = arranged(words)
  const { words: command, target } = placeIn(args)
  const next = args[command.length]
  const isGroup = 'getAllEntries' in target
  if (isGroup && target.getDefaultCommand() === undefined && next !== undefined && /^[a-z]/.test(next)) {
    return `there is no command ${[...command, next].join(' ')}`
  }
  const known = new Set([
    ...flagsOf(target),
    ...[...flagsOf(target)].map((flag) => flag.replace('--', '--no-')),
    '--help',
    '--version',
  ])
  const unknown = args
    .map((arg) => arg.split('=', 1)[0] ?? '')
    .find((arg) => arg.startsWith('--') && arg !== '--' && !known.has(arg))
  return unknown === undefined || isGroup ? null : `there is no flag ${unknown}`
}
