/** Which commands an unknown word probably meant: first by its meaning in other tools, then by its letters. */

/** Words from other tools, one meaning per line. Any of them means whichever of our commands exists. */
const meanings: readonly (readonly string[])[] = [
  // A cluster that ends can start again; one that is deleted cannot.
  ['terminate', 'revoke', 'uninstall', 'stop', 'kill', 'down'],
  ['delete', 'archive', 'revoke', 'uninstall', 'del', 'rm', 'remove', 'destroy'],
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
  /** The commands in it; none if it is itself a command. */
  readonly commands: readonly string[]
}

/** As typed after the group's own name; at the root also a group's command, if the word is one without its group. */
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

/** In the order of the line: the best match first. */
function sameMeaning(word: string, names: readonly string[]): readonly string[] {
  return meanings
    .filter((words) => words.includes(word))
    .flatMap((words) => words.filter((name) => names.includes(name)))
}
