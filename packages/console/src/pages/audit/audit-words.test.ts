import { AuditAct } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { actWords, subjectsOf } from './audit-words.ts'

describe('the audit in words', () => {
  test('has words for each act', () => {
    expect(new Set(AuditAct.options.map((act) => actWords[act])).size).toBe(AuditAct.options.length)
  })

  test('names the cloud once', () => {
    expect(subjectsOf({ resource_ids: ['cld_1', 'grn_1'], cloud_id: 'cld_1' })).toEqual(['cld_1', 'grn_1'])
    expect(subjectsOf({ resource_ids: ['node_1'], cloud_id: 'cld_1' })).toEqual(['node_1', 'cld_1'])
    expect(subjectsOf({ resource_ids: ['tok_1'], cloud_id: null })).toEqual(['tok_1'])
  })
})
