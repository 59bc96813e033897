/** What a node is to Google (S21). */
export interface GcpNodeIdentity {
  readonly projectId: string
  /** Null where no metadata server says it. */
  readonly projectNumber: string | null
  /** Null for a federation that impersonates nobody. */
  readonly email: string | null
}
