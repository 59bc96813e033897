/** What is typed on a machine so that it becomes a node. A token is never a part of a command: every user of the machine could read it there. */

/** `command` is the control plane's. */
export function joinCommandFor(command: string, isChecker: boolean): string {
  return isChecker ? `${command} --checker` : command
}

export interface TokenJoinCommands {
  /** Asks for the token. */
  readonly ask: string
  /** Takes it from a file that nobody else can read. */
  readonly file: string
}

export function tokenJoinCommands(command: string, isChecker: boolean): TokenJoinCommands {
  const ask = joinCommandFor(command, isChecker)
  return {
    ask,
    file: ['(umask 077 && cat > join.token)', `${ask} --token-file join.token`, 'rm join.token'].join('\n'),
  }
}
