/** A node's identity at Google (S21). */
export interface GcpNodeIdentity {
  readonly projectId: string
  /** Null if no metadata server reports it. */
  readonly projectNumber: string | null
  /** Null for a federation without impersonation. */
  readonly email: string | null
}
