/** Tells the story: headings, prose, commands as a user would type them, and the output of each. */

const columns = 96

export class Narrator {
  readonly #out: NodeJS.WriteStream
  readonly #color: boolean
  #muted = false
  /** How often the story did not go as planned. */
  surprises = 0

  constructor(out: NodeJS.WriteStream = process.stdout, env: NodeJS.ProcessEnv = process.env) {
    this.#out = out
    this.#color = out.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  }

  chapter(title: string): void {
    this.line('')
    this.line(this.#paint(1, `── ${title} ${'─'.repeat(Math.max(3, columns - title.length - 4))}`))
  }

  say(text: string): void {
    this.line('')
    for (const line of wrap(text, columns)) this.line(line)
  }

  /** A command line, with the machine that it is typed on. */
  command(machine: string, text: string): void {
    this.line('')
    this.line(`${this.#paint(36, `${machine} $`)} ${this.#paint(1, text)}`)
  }

  /** The output of a command. */
  output(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.line(this.#paint(2, `  ${line}`))
  }

  /** An expected finding: good news, or the bad news that this chapter is about. */
  finding(kind: 'good' | 'bad', text: string): void {
    const [sign, color] = kind === 'good' ? ['✓', 32] : ['✗', 31]
    const [first = '', ...more] = wrap(text, columns - 4)
    this.line(this.#paint(color, `  ${sign} ${first}`))
    for (const line of more) this.line(this.#paint(color, `    ${line}`))
  }

  /** A finding if it holds; if not, the story is wrong, which is reported and counted. */
  expect(holds: boolean, kind: 'good' | 'bad', text: string): void {
    if (holds) return this.finding(kind, text)
    this.surprises++
    this.line(this.#paint(31, `  ! NOT as expected: ${text}`))
  }

  /** For an interrupted story: it prints nothing more. */
  mute(): void {
    this.#muted = true
  }

  /** A finding as a table row. */
  row(holds: boolean, text: string): void {
    if (!holds) this.surprises++
    this.line(holds ? this.#paint(32, `  ✓ ${text}`) : this.#paint(31, `  ! NOT as expected: ${text}`))
  }

  line(text: string): void {
    if (this.#muted) return
    this.#out.write(`${text}\n`)
  }

  #paint(code: number, text: string): string {
    return this.#color ? `\u001b[${code}m${text}\u001b[0m` : text
  }
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** Enough of a secret to recognise it, not enough to use it. */
export function mask(secret: string): string {
  return `${secret.slice(0, 4)}…${secret.slice(-2)}`
}
