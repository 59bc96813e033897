/** `--help` everywhere, in one format: what it does, how it is called, what it takes, and examples to copy. */
import {
  buildCommand,
  help,
  type BaseArgs,
  type Command,
  type CommandBuilderArguments,
  type RouteMap,
  type StricliIntegration,
} from '@stricli/core'
import type { CommandTarget } from './command-tree.ts'
import type { CliContext, Output } from './context.ts'
import { typedFlag } from './flags.ts'
import { paintFor, type Paint } from './terminal/paint.ts'
import { reflowed, widthOf, wrapped } from './terminal/wrap.ts'

type Parameters = Command<CliContext>['parameters']
type Flag = NonNullable<Parameters['flags']>[string]

const examplesOf = new WeakMap<object, readonly string[]>()

/** A command, with the examples of its help. */
export function command<
  const Flags extends Readonly<Partial<Record<keyof Flags, unknown>>> = object,
  const Args extends BaseArgs = [],
  Given extends { readonly flags?: object } = object,
>(
  spec: CommandBuilderArguments<Flags, Args, CliContext> & {
    readonly parameters: Given & OnlyFlags<Given, Flags>
    readonly examples: readonly string[]
  },
): Command<CliContext> {
  const made = buildCommand<Flags, Args, CliContext>(spec)
  examplesOf.set(made, spec.examples)
  return made
}

/** Not a flag that the command does not read: it would be in its help, and do nothing. */
type OnlyFlags<Given extends { readonly flags?: object }, Flags> =
  Exclude<keyof NonNullable<Given['flags']>, keyof Flags> extends never ? unknown : { readonly flags: never }

export function helpIntegration(): StricliIntegration<CliContext> {
  const formatting = {
    useAliasInUsageLine: true,
    onlyRequiredInUsageLine: true,
    caseStyle: 'convert-camel-to-kebab',
  } as const
  const { flag, ...rest } = help<CliContext>({ brief: 'Print this help', defaultForRouteMap: true, formatting })
  if (!flag) return rest
  return {
    ...rest,
    flag: {
      ...flag,
      run(_app, { result }) {
        printHelp(this as unknown as CliContext, result.target, result.prefix.join(' '))
      },
    },
  }
}

/** `name` is what was typed to get there, such as `fairlead cluster start`. */
function printHelp({ stdout, env }: CliContext, target: CommandTarget, name: string): void {
  stdout.write(formatHelp(target, name, paintFor(stdout, env), widthOf(stdout, env)))
}

/** For a page of the reference. */
export function helpText(target: CommandTarget, name: string): string {
  return formatHelp(target, name, paintFor(paper, {}), paper.columns)
}

const paper: Output = { write: () => undefined, isTTY: false, columns: 76, rows: 1, getColorDepth: () => 1 }

function formatHelp(found: CommandTarget, name: string, paint: Paint, width: number): string {
  const target = standingFor(found) ?? found
  const brief = target.brief.endsWith('?') ? target.brief : `${target.brief}.`
  const about = reflowed(target.fullDescription ? `${brief}\n\n${target.fullDescription}` : brief, width)
  const sections =
    'parameters' in target ? commandSections(target, name, commandRows(found)) : routeSections(target, name)
  const examples = (examplesOf.get(target) ?? []).map((line) => [line, ''] as const)
  const text = [...sections, ['EXAMPLES', examples] as const]
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => `\n${paint.bold(title)}\n${formatRows(rows, width)}`)
  return `${about}\n${text.join('')}`
}

/** A hidden default command is what its group does by itself: the group shows the help of that command, and its other commands. */
function standingFor(target: CommandTarget): Command<CliContext> | null {
  if ('parameters' in target) return null
  const standard = target.getDefaultCommand() ?? null
  return target.getAllEntries().some((entry) => entry.target === standard && entry.hidden) ? standard : null
}

type Row = readonly [left: string, right: string]
type Section = readonly [title: string, rows: readonly Row[]]

function routeSections(target: RouteMap<CliContext>, name: string): Section[] {
  return [
    ['USAGE', [[`${name} COMMAND [flags]`, '']]],
    ['COMMANDS', commandRows(target)],
    ['FLAGS', name.includes(' ') ? [helpRow] : [helpRow, ['-v, --version', 'Print the version']]],
  ]
}

function commandRows(target: CommandTarget): readonly Row[] {
  if ('parameters' in target) return []
  const entries = target.getAllEntries().filter((entry) => !entry.hidden)
  return entries.map((entry): Row => [entry.name['convert-camel-to-kebab'], entry.target.brief])
}

function commandSections({ parameters }: Command<CliContext>, name: string, commands: readonly Row[]): Section[] {
  const flags = Object.entries(parameters.flags ?? {}).filter(([, flag]) => !('hidden' in flag && flag.hidden))
  const places = positionals(parameters)
  const required = flags.filter(([, flag]) => isRequired(flag)).map(([flagName, flag]) => written(flagName, flag))
  return [
    ['USAGE', [[[name, ...places.map((place) => place.usage), ...required, '[flags]'].join(' '), '']]],
    ['COMMANDS', commands],
    ['ARGUMENTS', places.map((place): Row => [place.name, place.brief])],
    ['FLAGS', [...flags.map(([flagName, flag]) => flagRow(flagName, flag, parameters)), helpRow]],
  ]
}

const helpRow: Row = ['-h, --help', 'Print this help']

function flagRow(name: string, flag: Flag, parameters: Parameters): Row {
  const alias = Object.entries(parameters.aliases ?? {}).find(([, of]) => of === name)?.[0]
  const standard = 'default' in flag && typeof flag.default === 'string' ? `; by default ${flag.default}` : ''
  return [`${alias === undefined ? '    ' : `-${alias}, `}${written(name, flag)}`, `${flag.brief}${standard}`]
}

function written(name: string, flag: Flag): string {
  const long = typedFlag(name)
  if (flag.kind === 'enum') return `${long} ${flag.values.join('|')}`
  return flag.kind === 'parsed' ? `${long} ${flag.placeholder ?? 'VALUE'}` : long
}

function isRequired(flag: Flag): boolean {
  return flag.optional !== true && flag.kind !== 'boolean' && !('default' in flag && flag.default !== undefined)
}

interface Place {
  readonly name: string
  readonly usage: string
  readonly brief: string
}

function positionals({ positional }: Parameters): Place[] {
  if (!positional) return []
  if (positional.kind === 'array') {
    const { placeholder = 'VALUE', brief } = positional.parameter
    const usage = `${placeholder}...`
    const isRequired = (positional.minimum ?? 0) > 0
    return [{ name: placeholder, usage: isRequired ? usage : `[${usage}]`, brief }]
  }
  return positional.parameters.map(({ placeholder = 'VALUE', brief, optional }) => ({
    name: placeholder,
    usage: optional ? `[${placeholder}]` : placeholder,
    brief,
  }))
}

function formatRows(rows: readonly Row[], width: number): string {
  const left = Math.max(...rows.map(([text]) => text.length))
  return rows.map((row) => formatRow(row, left, width)).join('')
}

/** Text to type is never broken; the sentence next to it keeps a separate column if there is room. */
function formatRow([left, right]: Row, leftWidth: number, width: number): string {
  if (right === '') return `  ${left}\n`
  const isNarrow = width - leftWidth - 4 < narrowest
  const indent = ' '.repeat(isNarrow ? 6 : leftWidth + 4)
  const sentence = wrapped(right, width - indent.length).join(`\n${indent}`)
  return isNarrow ? `  ${left}\n${indent}${sentence}\n` : `  ${left.padEnd(leftWidth)}  ${sentence}\n`
}

const narrowest = 24
