/** What to type on a machine so that it becomes a node. A token is never part of a command, where every user of the machine could read it. */

/** `command` comes from the control plane. */
export function joinCommandFor(command: string, isChecker: boolean): string {
  return isChecker ? `${command} --checker` : command
}

export interface TokenJoinCommands {
  /** Asks for the token. */
  readonly ask: string
  /** Reads it from a file that only its owner can read. */
  readonly file: string
}

export function tokenJoinCommands(command: string, isChecker: boolean): TokenJoinCommands {
  const ask = joinCommandFor(command, isChecker)
  return {
    ask,
    file: ['(umask 077 && cat > join.token)', `${ask} --token-file join.token`, 'rm join.token'].join('\n'),
  }
}
