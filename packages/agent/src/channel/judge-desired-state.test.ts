import { newId } from '@fairlead/contract/names'
import { DesiredState } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { judgeDesiredState, type OwnPlace } from './judge-desired-state.ts'

const own: OwnPlace = {
  nodeId: newId('node'),
  cloudId: newId('cld'),
  provider: 'gcp',
  partition: null,
  accountId: null,
  projectId: 'my-project',
}
const stateFor = (cloud: Partial<DesiredState['cloud']>): DesiredState =>
  DesiredState.parse({
    node_id: own.nodeId,
    cloud: {
      id: own.cloudId,
      provider: 'gcp',
      partition: null,
      region: null,
      account_id: null,
      project_id: 'my-project',
      ...cloud,
    },
    workload: null,
    checks: [],
  })

describe('S21: a Google Cloud node', () => {
  test('accepts orders for its own project, in any region', () => {
    expect(judgeDesiredState(stateFor({}), own)).toBeNull()
    expect(judgeDesiredState(stateFor({ region: 'europe-west4' }), own)).toBeNull()
  })

  test.each<[string, Partial<DesiredState['cloud']>]>([
    ['another project', { project_id: 'my-project-2' }],
    ['another provider', { provider: 'aws' }],
    ['another cloud', { id: newId('cld') }],
  ])('refuses orders for %s', (_, cloud) => {
    expect(judgeDesiredState(stateFor(cloud), own)?.code).toBe('DESIRED_STATE_REFUSED')
  })

  test('is not contradicted by facts that are absent or that it does not know', () => {
    expect(judgeDesiredState(stateFor({ project_id: null }), own)).toBeNull()
    expect(judgeDesiredState(stateFor({ project_id: 'my-project-2' }), { ...own, projectId: null })).toBeNull()
  })
})
