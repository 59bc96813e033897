/** Which commands were probably meant by a word that is none: first by what it means elsewhere, then by its letters. */

/** Words of other tools, a meaning a line. Any of them stands for whichever of ours is there. */
const meanings: readonly (readonly string[])[] = [
  ['terminate', 'archive', 'revoke', 'uninstall', 'stop', 'delete', 'del', 'rm', 'remove', 'kill', 'destroy', 'down'],
  ['status', 'get', 'show', 'describe', 'info', 'inspect', 'view', 'cat'],
  ['list', 'ls', 'ps', 'all'],
  ['start', 'build', 'create', 'join-token', 'install', 'new', 'add', 'make', 'register', 'run', 'up', 'launch'],
  ['verify', 'lint', 'check', 'validate', 'test'],
  ['cluster-env', 'env', 'envs', 'environment', 'environments', 'image', 'images'],
  ['whoami', 'me', 'who', 'user'],
  ['login', 'signin', 'auth'],
  ['logout', 'signout'],
]

export interface CommandGroup {
  readonly name: string
  /** Of the commands in it; none where it is a command itself. */
  readonly commands: readonly string[]
}

/** As they are typed after the group's own name; at the root also a group's command, where the word is one without its group. */
export function meantCommands(
  typed: string,
  groups: readonly CommandGroup[],
  nearest: readonly string[],
): readonly string[] {
  const word = typed.toLowerCase()
  const names = groups.map(({ name }) => name)
  const meant = sameMeaning(word, names)
  if (meant.length > 0) return meant
  const within = (found: (commands: readonly string[]) => readonly string[]) =>
    groups.flatMap(({ name, commands }) => found(commands).map((command) => `${name} ${command}`))
  const exact = within((commands) => commands.filter((command) => command === word))
  if (exact.length > 0) return exact
  if (isKnown(word)) return within((commands) => sameMeaning(word, commands))
  return nearest
}

const isKnown = (word: string): boolean => meanings.some((words) => words.includes(word))

/** In the order of the line: the word that fits best first. */
function sameMeaning(word: string, names: readonly string[]): readonly string[] {
  return meanings
    .filter((words) => words.includes(word))
    .flatMap((words) => words.filter((name) => names.includes(name)))
}
