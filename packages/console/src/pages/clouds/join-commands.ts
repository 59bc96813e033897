/** What is typed on a machine so that it becomes a node. A token is never a part of a command: every user of the machine could read it there. */
import type { Cloud, JoinToken } from '@fairlead/contract'

/** Where its cloud vouches for it. Each part has a closed grammar, in which a shell finds nothing to do. */
export function provenJoinCommand(origin: string, cloud: Pick<Cloud, 'name' | 'provider'>, isChecker: boolean): string {
  const command = `fairlead agent join --host ${origin} --provider ${cloud.provider} --cloud ${cloud.name}`
  return withChecker(command, isChecker)
}

export interface TokenJoinCommands {
  /** Asks for the token. */
  readonly ask: string
  /** Takes it from a file that nobody else can read. */
  readonly file: string
}

export function tokenJoinCommands({ command }: Pick<JoinToken, 'command'>, isChecker: boolean): TokenJoinCommands {
  const ask = withChecker(command, isChecker)
  return {
    ask,
    file: ['(umask 077 && cat > join.token)', `${ask} --token-file join.token`, 'rm join.token'].join('\n'),
  }
}

function withChecker(command: string, isChecker: boolean): string {
  return isChecker ? `${command} --checker` : command
}
