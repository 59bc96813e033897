import { newId } from '@fairlead/contract/names'
import { JoinCommand } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { joinCommand } from './join-command.ts'

const origin = 'https://fairlead.example.com:8470'
const caFingerprint = 'a1'.repeat(32)
const cloud = { id: newId('cld'), name: 'prod', account_id: null, project_id: null, kubernetes: null }

describe('the command that joins a machine', () => {
  test('for a cloud that vouches for its machines: the cloud, and the CA that the control plane made for itself', () => {
    const command = joinCommand({ ...cloud, provider: 'aws', join: 'proof' }, { origin, caFingerprint })
    expect(command).toBe(
      `fairlead agent join --host ${origin} --provider aws --cloud prod --ca-sha256 ${caFingerprint}`,
    )
    expect(JoinCommand.parse({ command })).toEqual({ command })
  })

  test('for a control plane with a certificate from a public CA: no CA', () => {
    expect(joinCommand({ ...cloud, provider: 'gcp', join: 'proof' }, { origin, caFingerprint: null })).toBe(
      `fairlead agent join --host ${origin} --provider gcp --cloud prod`,
    )
  })

  test('for a cloud whose only machines are pods: the token of the pod', () => {
    const kubernetes = { issuer: 'https://oidc.example.com', service_accounts: ['fairlead/agent'], keys: null }
    const command = joinCommand({ ...cloud, provider: 'local', join: 'proof', kubernetes }, { origin, caFingerprint })
    expect(command).toBe(
      `fairlead agent join --host ${origin} --provider local --cloud prod --kubernetes-token /var/run/secrets/fairlead/token --ca-sha256 ${caFingerprint}`,
    )
    expect(JoinCommand.parse({ command })).toEqual({ command })
    const aws = { ...cloud, provider: 'aws', join: 'proof', kubernetes, account_id: '111122223333' } as const
    expect(joinCommand(aws, { origin, caFingerprint: null })).not.toContain('--kubernetes-token')
  })

  test('for a cloud that takes a token, which contains the CA: neither', () => {
    expect(joinCommand({ ...cloud, provider: 'aws', join: 'token' }, { origin, caFingerprint })).toBe(
      `fairlead agent join --host ${origin} --provider aws`,
    )
  })
})
