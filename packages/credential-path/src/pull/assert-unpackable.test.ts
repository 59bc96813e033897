import { describe, expect, test } from 'vitest'
import { fakeTicket } from '../testing/fake-ticket.ts'
import { zstdLayer } from '../registry/image/manifest.ts'
import { assertUnpackable } from './assert-unpackable.ts'

const plain = fakeTicket({ layers: [Buffer.from('one'), Buffer.from('two')] })
const [first, ...rest] = plain.layers
const withLayer = (mediaType: string) => ({ ...plain, layers: [{ ...first!, mediaType }, ...rest] })
const withZstd = withLayer(zstdLayer)

describe('an image with one layer compressed with zstd', () => {
  test.each(['19.03.15', '20.10.24+dfsg1', '20.10.25'])('is rejected if Docker is %s', (version) => {
    const refused = expect.objectContaining({
      code: 'ENGINE_CANNOT_UNPACK',
      fix: expect.stringContaining('Docker Engine 23.0 or newer'),
      what: expect.stringContaining(version),
    })
    expect(() => assertUnpackable(withZstd, version)).toThrow(refused)
    expect(() => assertUnpackable(plain, version)).not.toThrow()
  })

  test('is also rejected there if the layer must not be redistributed', () => {
    const layer = 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd'
    expect(() => assertUnpackable(withLayer(layer), '20.10.25')).toThrow(
      expect.objectContaining({ code: 'ENGINE_CANNOT_UNPACK' }),
    )
  })

  test.each(['23.0.0', '24.0.5', '28.2.2', '29.0.0-rc.1', '5.4.0', 'unknown', null])(
    'is accepted if it is %s',
    (version) => {
      expect(() => assertUnpackable(withZstd, version)).not.toThrow()
    },
  )
})
