/** An AWS service's answer, and the shape of errors from its JSON services. */
export interface AwsAnswer {
  status: number
  contentType: string
  body: string
  /** The error type; null for a success. */
  error: string | null
}

const json = 'application/x-amz-json-1.1'

export function refuse(status: number, type: string, message: string): AwsAnswer {
  // Access denied has a capital M in Message, other errors do not; readers must cope with both.
  const text = type === 'AccessDeniedException' ? { Message: message } : { message }
  return { status, contentType: json, body: JSON.stringify({ __type: type, ...text }), error: type }
}

export function succeed(body: string, contentType = json): AwsAnswer {
  return { status: 200, contentType, body, error: null }
}
