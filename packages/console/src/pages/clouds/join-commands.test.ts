import { describe, expect, test } from 'vitest'
import { provenJoinCommand, tokenJoinCommands } from './join-commands.ts'

const command = 'fairlead agent join --host https://fairlead.example.com:8470 --provider local'

describe('what is typed on a machine', () => {
  test('where its cloud vouches for it: one line, without a token', () => {
    expect(provenJoinCommand('https://fairlead.example.com', { name: 'prod', provider: 'aws' }, false)).toBe(
      'fairlead agent join --host https://fairlead.example.com --provider aws --cloud prod',
    )
  })

  test('with a token: the command of the control plane as it is, or with a file that only its owner can read', () => {
    const { ask, file } = tokenJoinCommands({ command }, false)
    expect(ask).toBe(command)
    expect(file.split('\n')).toEqual([
      '(umask 077 && cat > join.token)',
      `${command} --token-file join.token`,
      'rm join.token',
    ])
  })

  test('a checker says so when it joins', () => {
    expect(tokenJoinCommands({ command }, true).ask).toBe(`${command} --checker`)
    expect(tokenJoinCommands({ command }, true).file).toContain(' --checker --token-file ')
  })
})
