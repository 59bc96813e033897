/** All text that the command-line library writes of itself. Whatever goes wrong is thrown to the one error boundary in `run.ts`. */
import {
  formatMessageForArgumentScannerError,
  text_en,
  type ApplicationConfiguration,
  type ArgumentScannerError,
} from '@stricli/core'
import { UsageError } from './usage-error.ts'

type ApplicationText = Extract<ApplicationConfiguration['localization'], { text: unknown }>['text']

/** `command` is what was typed up to the first flag or argument, for the hint where to read on. */
export function textFor(command: string): ApplicationText {
  return {
    ...text_en,
    noCommandRegisteredForInput: ({ input, corrections }) => {
      throw new UsageError(`there is no command ${input}${didYouMean(corrections)}`)
    },
    exceptionWhileParsingArguments: (error) => {
      throw error instanceof UsageError ? error : new UsageError(whatIsWrong(error), command)
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

function whatIsWrong(error: unknown): string {
  return formatMessageForArgumentScannerError(error as ArgumentScannerError, {
    FlagNotFoundError: ({ input, corrections }) =>
      `there is no flag --${input}${didYouMean(corrections.map((name) => `--${kebab(name)}`))}`,
    AliasNotFoundError: ({ input }) => `there is no flag -${input}`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
      `${name}: ${exception instanceof Error ? exception.message : 'not valid'}`,
    EnumValidationError: ({ externalFlagName: name, values }) => `--${name} takes one of ${values.join(', ')}`,
    UnsatisfiedFlagError: ({ externalFlagName: name }) => `--${name} is missing, or has no value`,
    UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is missing`,
    UnexpectedPositionalError: ({ input }) => `${input} is one argument too many`,
    UnexpectedFlagError: ({ externalFlagName: name }) => `--${name} was given twice`,
    InvalidNegatedFlagSyntaxError: ({ externalFlagName: name }) => `--${name} takes no value`,
  })
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function didYouMean(corrections: readonly string[]): string {
  return corrections.length === 0 ? '' : `; did you mean ${corrections.slice(0, 3).join(' or ')}?`
}
