import { ChangeKind } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { keysOf } from './keys-of.ts'

test('each kind of change makes some pages stale', () => {
  for (const kind of ChangeKind.options) expect(keysOf([{ kind }]), kind).not.toEqual([])
})

test('many changes give each key once', () => {
  const changes = [{ kind: 'cluster' }, { kind: 'node' }, { kind: 'cluster' }, { kind: 'audit' }] as const
  expect(keysOf(changes)).toEqual([['clusters'], ['nodes'], ['overview'], ['audit']])
})
