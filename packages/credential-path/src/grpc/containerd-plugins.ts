/** What a plugin of containerd says of itself: its introspection service (`services/introspection/v1`), whose numbers these are. */
import { encodeMessage, mapIn, messagesIn } from './protobuf.ts'

export const pluginsMethod = '/containerd.services.introspection.v1.Introspection/Plugins'

/** Such as `io.containerd.snapshotter.v1` and `overlayfs`. */
export const pluginsRequest = (type: string, id: string): Uint8Array => encodeMessage({ 1: `type==${type},id==${id}` })

/** One value that the plugin exports; null if there is no such plugin, or it does not say. Throws a ProtobufError. */
export function exportedIn(answer: Uint8Array, name: string): string | null {
  const [plugin] = messagesIn(answer, 1)
  return (plugin === undefined ? undefined : mapIn(plugin, 5).get(name)) ?? null
}
