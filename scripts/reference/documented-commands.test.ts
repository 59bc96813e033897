/** Every `fairlead` command in a document is one that the program takes: its name, its flags and their values. */
import { describe, expect, test } from 'vitest'
import { faultOfCommandLine, faultOfMention } from '../../packages/cli/src/command-line-fault.ts'
import { repositoryTexts } from '../rules/repository-texts.ts'
import { commandsIn } from './documented-commands.ts'

/** Decisions speak of their day, and the changelog of all days. */
const pages = repositoryTexts()
  .filter(({ path }) => path.endsWith('.md') && !/^docs\/adr\/0|^CHANGELOG/.test(path))
  .map(({ path, text }) => [path, commandsIn(text)] as const)
  .filter(([, commands]) => commands.length > 0)

describe('a command in a page', () => {
  test('is what a shell runs: without sudo, comments, pipes and redirections', () => {
    const page = [
      'Run `fairlead door list`, then:',
      '',
      '    sudo ./fairlead-linux-x64 agent install --door a.example.com=x   # once',
      '    A=b fairlead explain challenge \'Bearer realm="https://x"\' | jq . > out',
      '    fairlead policy --cluster-env my-env && fairlead agent join --host URL …',
      '```sh',
      'fairlead cluster start -n train \\',
      '  --env my-env',
      '```',
      'npm run demo, and `node fairlead.mjs`',
    ].join('\n')
    expect(commandsIn(page)).toEqual([
      { words: ['agent', 'install', '--door', 'a.example.com=x'], isMention: false },
      { words: ['explain', 'challenge', 'Bearer realm="https://x"'], isMention: false },
      { words: ['policy', '--cluster-env', 'my-env'], isMention: false },
      { words: ['agent', 'join', '--host', 'URL', '…'], isMention: true },
      { words: ['cluster', 'start', '-n', 'train', '--env', 'my-env'], isMention: false },
      { words: ['door', 'list'], isMention: true },
    ])
  })

  test.each([
    ['cluster start -n train --env my-env --workers 2', null],
    ['cluster start -n train --workers two', '--workers: expected a whole number from 0 to 1000'],
    ['cluster start -n train --wrkers 2', 'there is no flag --wrkers; did you mean --workers?'],
    ['cluster begin', 'there is no command begin'],
    ['explain CREDENTIAL_SERVER_MISMATCH', null],
  ])('%s: %s', async (line, fault) => {
    expect(await faultOfCommandLine(line.split(' '))).toBe(fault)
  })
})

describe('the program takes each command of', () => {
  test('enough pages', () => {
    expect(pages.flatMap(([, commands]) => commands).length).toBeGreaterThan(200)
  })

  test.each(pages)('%s', async (_, commands) => {
    const faults: string[] = []
    for (const { words, isMention } of commands) {
      for (const choice of choices(words)) {
        const fault = isMention ? faultOfMention(choice) : await faultOfCommandLine(choice)
        if (fault !== null) faults.push(`fairlead ${choice.join(' ')}: ${fault}`)
      }
    }
    expect(faults).toEqual([])
  })
})

/** `--for a|b` is two commands, and `[NAME]` is NAME. */
function choices(words: readonly string[]): readonly (readonly string[])[] {
  return words.reduce<readonly (readonly string[])[]>(
    (made, word) => {
      const values = /^[\w-]+(?:\|[\w-]+)+$/.test(word) ? word.split('|') : [word.replaceAll(/[[\]]/g, '')]
      return made.flatMap((start) => values.map((value) => [...start, value]))
    },
    [[]],
  )
}
