/** An answer of an AWS service, and the shape in which its JSON services refuse. */
export interface AwsAnswer {
  status: number
  contentType: string
  body: string
  /** The type of the error; null when it is none. */
  error: string | null
}

const json = 'application/x-amz-json-1.1'

export function refuse(status: number, type: string, message: string): AwsAnswer {
  // Access is denied with a capital M, all else is not; readers must cope with both.
  const text = type === 'AccessDeniedException' ? { Message: message } : { message }
  return { status, contentType: json, body: JSON.stringify({ __type: type, ...text }), error: type }
}

export function succeed(body: string, contentType = json): AwsAnswer {
  return { status: 200, contentType, body, error: null }
}
