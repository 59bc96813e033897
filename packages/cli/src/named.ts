/** A resource by name: as NAME or with -n, so that users who know one form need not learn the other. The shell completes it. */
import type { CliContext } from './context.ts'
import { optionalArgument, textFlag } from './flags.ts'
import type { NamedKind } from './connection/propose-names.ts'
import { UsageError } from './usage-error.ts'

export interface NameFlag {
  readonly name?: string
}

export interface NameOrIdFlags extends NameFlag {
  readonly id?: string
}

/** The name that was given. */
export type NameOrId =
  | { readonly name: string; readonly id?: undefined }
  | { readonly id: string; readonly name?: undefined }

/** Both forms of one name. */
export function named(kind: NamedKind, placeholder: string, brief: string) {
  return {
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, optional: true, placeholder, brief, proposeCompletions: completing(kind) }],
    },
    flag: namingFlag(kind, placeholder, sameAs(placeholder)),
  } as const
}

/** The same for a resource to be created, so there is nothing to complete. */
export function nameToMake(brief: string) {
  return { positional: optionalArgument('NAME', brief), flag: textFlag('NAME', sameAs('NAME')) } as const
}

const sameAs = (placeholder: string) => `Same as the ${placeholder} argument`

/** The parameters of a command that takes that name, and the command's own flags. */
export function byName<Positional, Flag, const Flags extends object>(
  { positional, flag }: { readonly positional: Positional; readonly flag: Flag },
  flags: Flags,
) {
  return { positional, flags: { name: flag, ...flags }, aliases: { n: 'name' } } as const
}

/** An optional flag that names a resource of that kind. */
export function namingFlag(kind: NamedKind, placeholder: string, brief: string) {
  return { ...textFlag(placeholder, brief), proposeCompletions: completing(kind) } as const
}

/** What completion suggests. */
function completing(kind: NamedKind) {
  return async function propose(this: CliContext, partial: string): Promise<readonly string[]> {
    // Loaded only when the shell asks.
    const { proposeNames } = await import('./connection/propose-names.ts')
    return proposeNames(this, kind, partial)
  }
}

/** The name that was given, in either form; `command` is for the hint on where to read more. */
export function chosenName(command: string, flags: NameFlag, argument: string | undefined): string {
  const { name = argument } = flags
  if (name === undefined) throw new UsageError('give NAME, or -n NAME', command)
  if (argument !== undefined && argument !== name) {
    throw new UsageError('NAME and -n NAME are not the same; give one of them', command)
  }
  return name
}

/** The same, for arguments that also accept an ID. */
export function chosenNameOrId(command: string, flags: NameOrIdFlags, argument: string | undefined): NameOrId {
  if (flags.id === undefined && flags.name === undefined && argument === undefined) {
    throw new UsageError('give NAME or -n NAME, or --id ID', command)
  }
  if (flags.id === undefined) return { name: chosenName(command, flags, argument) }
  if (flags.name !== undefined || argument !== undefined) {
    throw new UsageError('a name and --id were both given; give one of them', command)
  }
  return { id: flags.id }
}
