import { expect, test } from 'vitest'
import { dashboardWay } from './dashboard.ts'

test.each([
  [null, 'ray://10.0.0.1:10001', null],
  ['http://10.0.0.1:8265', 'ray://10.0.0.1:10001', { url: 'http://10.0.0.1:8265', tunnel: null }],
  [
    'http://127.0.0.1:8265',
    'ray://10.0.0.1:10001',
    { url: 'http://127.0.0.1:8265', tunnel: 'ssh -L 8265:127.0.0.1:8265 10.0.0.1' },
  ],
  [
    'http://127.0.0.1:8265',
    'ray://[fd00::1]:10001',
    { url: 'http://127.0.0.1:8265', tunnel: 'ssh -L 8265:127.0.0.1:8265 fd00::1' },
  ],
  ['http://127.0.0.1:8265', null, { url: 'http://127.0.0.1:8265', tunnel: 'ssh -L 8265:127.0.0.1:8265 HEAD_NODE' }],
])('the dashboard at %s of a cluster at %s', (dashboard_url, ray_address, way) => {
  expect(dashboardWay({ dashboard_url, ray_address })).toEqual(way)
})
