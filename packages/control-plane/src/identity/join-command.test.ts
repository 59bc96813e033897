import { newId } from '@fairlead/contract/names'
import { JoinCommand } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { joinCommand } from './join-command.ts'

const origin = 'https://fairlead.example.com:8470'
const caFingerprint = 'a1'.repeat(32)
const cloud = { id: newId('cld'), name: 'prod' }

describe('what is typed on a machine so that it joins', () => {
  test('where its cloud vouches for it: the cloud, and the CA that the control plane made for itself', () => {
    const command = joinCommand({ ...cloud, provider: 'aws', join: 'proof' }, { origin, caFingerprint })
    expect(command).toBe(
      `fairlead agent join --host ${origin} --provider aws --cloud prod --ca-sha256 ${caFingerprint}`,
    )
    expect(JoinCommand.parse({ command })).toEqual({ command })
  })

  test('where public CAs vouch for the control plane, nothing of a CA', () => {
    expect(joinCommand({ ...cloud, provider: 'gcp', join: 'proof' }, { origin, caFingerprint: null })).toBe(
      `fairlead agent join --host ${origin} --provider gcp --cloud prod`,
    )
  })

  test('where it takes a token, which holds the CA: neither of them', () => {
    expect(joinCommand({ ...cloud, provider: 'aws', join: 'token' }, { origin, caFingerprint })).toBe(
      `fairlead agent join --host ${origin} --provider aws`,
    )
  })
})
