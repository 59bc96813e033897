/** Every command with its help, as the program prints it. */
import { helpOfEveryCommand } from '../../packages/cli/src/help-texts.ts'

export function commandPage(): string {
  const sections = helpOfEveryCommand().map(({ name, help }) => {
    const [about = '', ...rest] = help.split(/\n\n(?=[A-Z]+\n)/)
    return `## ${name}\n\n${escaped(about)}\n\n\`\`\`text\n${rest.join('\n\n').trimEnd()}\n\`\`\``
  })
  return `# Commands\n\nEach command as its \`--help\` describes it. Exit codes, \`--json\` and environment variables are under [the command line](/reference/command-line.md).\n\n${sections.join('\n\n')}\n`
}

/** A sentence with `<` or `{{` is not markup. */
const escaped = (text: string): string => text.replaceAll(/[<]/g, '&lt;')
