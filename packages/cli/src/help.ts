/** `--help` everywhere, in one form: what it does, how it is called, what it takes, and examples to copy. */
import { help, type Command, type RouteMap, type StricliIntegration } from '@stricli/core'
import type { CliContext } from './context.ts'
import { paintFor, type Paint } from './terminal/paint.ts'

type Target = Command<CliContext> | RouteMap<CliContext>
type Parameters = Command<CliContext>['parameters']
type Flag = NonNullable<Parameters['flags']>[string]

const examplesOf = new WeakMap<object, readonly string[]>()

/** Gives a command its examples. */
export function withExamples<Described extends Target>(target: Described, examples: readonly string[]): Described {
  examplesOf.set(target, examples)
  return target
}

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
        const context = this as unknown as CliContext
        const paint = paintFor(context.stdout, context.env)
        context.stdout.write(formatHelp(result.target, result.prefix.join(' '), paint))
      },
    },
  }
}

/** `name` is what was typed to get there, such as `fairlead cluster start`. */
export function formatHelp(target: Target, name: string, paint: Paint): string {
  const about = target.fullDescription ? `${target.brief}.\n\n${target.fullDescription}` : `${target.brief}.`
  const sections = 'parameters' in target ? commandSections(target, name) : routeSections(target, name)
  const examples = (examplesOf.get(target) ?? []).map((line) => [line, ''] as const)
  const text = [...sections, ['EXAMPLES', examples] as const]
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => `\n${paint.bold(title)}\n${formatRows(rows)}`)
  return `${about}\n${text.join('')}`
}

type Row = readonly [left: string, right: string]
type Section = readonly [title: string, rows: readonly Row[]]

function routeSections(target: RouteMap<CliContext>, name: string): Section[] {
  const entries = target.getAllEntries().filter((entry) => !entry.hidden)
  const commands = entries.map((entry): Row => [entry.name['convert-camel-to-kebab'], entry.target.brief])
  return [
    ['USAGE', [[`${name} COMMAND [flags]`, '']]],
    ['COMMANDS', commands],
    ['FLAGS', name.includes(' ') ? [helpRow] : [helpRow, ['-v, --version', 'Print the version']]],
  ]
}

function commandSections({ parameters }: Command<CliContext>, name: string): Section[] {
  const flags = Object.entries(parameters.flags ?? {}).filter(([, flag]) => !('hidden' in flag && flag.hidden))
  const places = positionals(parameters)
  const required = flags.filter(([, flag]) => isRequired(flag)).map(([flagName, flag]) => written(flagName, flag))
  return [
    ['USAGE', [[[name, ...places.map((place) => place.usage), ...required, '[flags]'].join(' '), '']]],
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
  const long = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
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
    return [{ name: placeholder, usage: `${placeholder}...`, brief }]
  }
  return positional.parameters.map(({ placeholder = 'VALUE', brief, optional }) => ({
    name: placeholder,
    usage: optional ? `[${placeholder}]` : placeholder,
    brief,
  }))
}

function formatRows(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${right === '' ? left : `${left.padEnd(width)}  ${right}`}\n`).join('')
}
