import { version } from '@fairlead/contract/release'
import { describe, expect, test } from 'vitest'
import { everyCommand } from './help-texts.ts'
import { ScriptedShell } from './scripted-context.ts'

const allRoutes = everyCommand().map(({ words }) => words)

describe('help', () => {
  test.each(allRoutes.map((words) => [['fairlead', ...words].join(' '), words] as const))(
    '%s --help says what it does, how it is called and what it takes',
    async (_name, words) => {
      using shell = new ScriptedShell()
      const ran = await shell.run([...words, '--help'])
      expect(ran).toMatchObject({ status: 0, stderr: '' })
      expect(ran.stdout).toMatchSnapshot()
      for (const line of ran.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(132)
    },
  )

  test.each([60, 80])('at %i columns, only text to type is wider', async (columns) => {
    using shell = new ScriptedShell()
    for (const words of allRoutes) {
      const { stdout } = await shell.run([...words, '--help'], { isTTY: true, columns, env: { NO_COLOR: '1' } })
      const sentences = stdout
        .replace(/\nEXAMPLES\n.*/s, '')
        .split('\n')
        .filter((line) => !/^ +(?:-|fairlead )/.test(line))
      for (const line of sentences) expect(line.length, `${words.join(' ')}: ${line}`).toBeLessThanOrEqual(columns)
    }
  })

  test('a group without a command prints its help', async () => {
    using shell = new ScriptedShell()
    const [bare, asked] = [await shell.run(['cluster']), await shell.run(['cluster', '-h'])]
    expect(bare).toEqual(asked)
  })

  test('help COMMAND is COMMAND --help', async () => {
    using shell = new ScriptedShell()
    expect(await shell.run(['help'])).toEqual(await shell.run(['--help']))
    expect(await shell.run(['help', 'cluster', 'start'])).toEqual(await shell.run(['cluster', 'start', '--help']))
  })

  test('every command has an example', async () => {
    using shell = new ScriptedShell()
    for (const words of allRoutes) {
      const { stdout } = await shell.run([...words, '--help'])
      expect(stdout, words.join(' ')).toMatch(/\n(?:COMMANDS|EXAMPLES)\n/)
    }
  })

  test('--version prints the version of the package', async () => {
    using shell = new ScriptedShell()
    expect((await shell.run(['--version'])).stdout).toBe(`${version}\n`)
  })
})
