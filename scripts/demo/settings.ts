/** Names in the demo. */

export const names = {
  /** `.test` is reserved: these names lead nowhere outside the demo's own machines. */
  registry: 'registry.demo.test',
  villain: 'villain.demo.test',
  repository: 'team/ray',
  toolRepository: 'team/tool',
  tag: 'v1',
  user: 'robot',
  secret: 'demo/registry-login',
  otherSecret: 'demo/other-login',
  otherRegistry: 'registry.other.test',
  cloud: 'demo-aws',
  environment: 'demo',
  cluster: 'demo',
  region: 'us-east-1',
  account: '123456789012',
  role: 'ray-autoscaler-v1',
}
