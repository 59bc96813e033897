/** All text that the command-line library prints on its own. Every error is thrown to the only error boundary, in `run.ts`. */
import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  text_en,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
  type ApplicationConfiguration,
} from '@stricli/core'
import { typedFlag } from './flags.ts'
import { meantCommands, type CommandGroup } from './meant-command.ts'
import { UsageError } from './usage-error.ts'

type ApplicationText = Extract<ApplicationConfiguration['localization'], { text: unknown }>['text']

/** `command` is what was typed up to the first flag or argument, for the hint on where to read more; `groups` is what may come next. */
export function textFor(command: string, groups: readonly CommandGroup[]): ApplicationText {
  return {
    ...text_en,
    noCommandRegisteredForInput: ({ input, corrections }) => {
      if (input.startsWith('-')) throw new UsageError(`name a command before ${input.split('=', 1)[0]}`, command)
      const nearest = corrections.map((name) => name.replaceAll('`', ''))
      const meant = meantCommands(input, groups, nearest).map((name) => `\`${name}\``)
      throw new UsageError(`there is no command ${input}${didYouMean(meant)}`, command)
    },
    exceptionWhileParsingArguments: (error) => {
      throw asUsageError(error, command)
    },
    exceptionWhileLoadingCommandFunction: rethrow,
    exceptionWhileLoadingCommandContext: rethrow,
    exceptionWhileRunningCommand: rethrow,
    commandErrorResult: rethrow,
  }
}

function rethrow(error: unknown): never {
  throw error
}

function asUsageError(error: unknown, command: string): UsageError {
  if (error instanceof UsageError) return error
  // A rejected flag gives its own reason.
  if (error instanceof ArgumentParseError && error.exception instanceof UsageError) return error.exception
  return new UsageError(whatIsWrong(error), command)
}

/** By class: the library's own formatter relies on class names, which a bundle shortens. */
function whatIsWrong(error: unknown): string {
  if (error instanceof FlagNotFoundError) {
    return `there is no flag --${error.input}${didYouMean(error.corrections.map(typedFlag))}`
  }
  if (error instanceof AliasNotFoundError) return `there is no flag -${error.input}`
  if (error instanceof ArgumentParseError) {
    const { externalFlagNameOrPlaceholder: name, exception } = error
    return `${/^[a-z]/.test(name) ? `--${name}` : name}: ${exception instanceof Error ? exception.message : 'not valid'}`
  }
  if (error instanceof EnumValidationError) return `--${error.externalFlagName} takes one of ${error.values.join(', ')}`
  if (error instanceof UnsatisfiedFlagError) return `--${error.externalFlagName} is missing, or has no value`
  if (error instanceof UnsatisfiedPositionalError) return `${error.placeholder} is missing`
  if (error instanceof UnexpectedPositionalError) return `${error.input} is one argument too many`
  if (error instanceof UnexpectedFlagError) return `--${error.externalFlagName} was given twice`
  if (error instanceof InvalidNegatedFlagSyntaxError) return `--${error.externalFlagName} takes no value`
  return 'the arguments cannot be read'
}

function didYouMean(corrections: readonly string[]): string {
  return corrections.length === 0 ? '' : `; did you mean ${corrections.slice(0, 3).join(' or ')}?`
}
