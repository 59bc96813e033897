/** What a control plane says about a developer's token, for tests. */
export const sampleToken = {
  id: `tok_${'0'.repeat(26)}`,
  name: 'ada',
  role: 'developer',
  created_at: '2026-11-24T12:00:00.000Z',
  cloud_ids: null,
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
  identity: null,
}
