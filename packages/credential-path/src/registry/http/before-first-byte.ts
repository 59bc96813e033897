/** Reports when a request begins to leave: on an existing connection, after the address and the certificate were checked. */
import type { Dispatcher } from 'undici'

/** `tell` is called before the first byte is written, and never for a request without a connection. */
export function beforeFirstByte(tell: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (...told) => {
        tell()
        handler.onRequestStart?.(...told)
      },
      onRequestUpgrade: (...told) => handler.onRequestUpgrade?.(...told),
      onResponseStarted: () => handler.onResponseStarted?.(),
      onResponseStart: (...told) => handler.onResponseStart?.(...told),
      onResponseData: (...told) => handler.onResponseData?.(...told),
      onResponseEnd: (...told) => handler.onResponseEnd?.(...told),
      onResponseError: (...told) => handler.onResponseError?.(...told),
      onBodySent: (chunk) => handler.onBodySent?.(chunk),
      onRequestSent: () => handler.onRequestSent?.(),
    })
}
