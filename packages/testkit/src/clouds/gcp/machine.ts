/** A machine as Google knows it. */
export interface GoogleMachine {
  readonly projectId: string
  readonly projectNumber: string
  readonly email: string
  readonly instanceId: string
  readonly instanceName: string
  readonly zone: string
}
