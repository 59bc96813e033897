import { describe, expect, test } from 'vitest'
import { joinCommandFor, tokenJoinCommands } from './join-commands.ts'

const command = 'fairlead agent join --host https://fairlead.example.com:8470 --provider local'

describe('the commands to type on a machine', () => {
  test('if its cloud vouches for it: the command of the control plane unchanged', () => {
    expect(joinCommandFor(command, false)).toBe(command)
  })

  test('with a token: the command of the control plane unchanged, or with a file that only its owner can read', () => {
    const { ask, file } = tokenJoinCommands(command, false)
    expect(ask).toBe(command)
    expect(file.split('\n')).toEqual([
      '(umask 077 && cat > join.token)',
      `${command} --token-file join.token`,
      'rm join.token',
    ])
  })

  test('a checker says so when it joins', () => {
    expect(joinCommandFor(command, true)).toBe(`${command} --checker`)
    expect(tokenJoinCommands(command, true).ask).toBe(`${command} --checker`)
    expect(tokenJoinCommands(command, true).file).toContain(' --checker --token-file ')
  })
})
