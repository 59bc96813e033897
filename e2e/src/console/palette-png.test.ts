import { convertIndexedToRgb, decode, encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { palettePng } from './palette-png.ts'

function colours(png: Uint8Array): Uint8Array {
  return Uint8Array.from(convertIndexedToRgb(decode(png)))
}

describe('a picture in few colours', () => {
  test('is unchanged if it had few colours', () => {
    const data = Uint8Array.from([0, 0, 0, 255, 255, 255, 18, 184, 134, 255, 255, 255])
    expect(colours(palettePng(encode({ width: 2, height: 2, data, channels: 3 })))).toEqual(data)
  })

  test('keeps frequent colours out of many, replaces rare ones with near ones, and is smaller', () => {
    const [width, height] = [300, 300]
    const data = new Uint8Array(width * height * 4)
    for (let pixel = 0; pixel < width * height; pixel++) {
      const isEdge = pixel % 11 === 0
      data.set(isEdge ? [200 + (pixel % 50), pixel % 7, pixel % 3, 255] : [11, 111, 184, 255], pixel * 4)
    }
    const whole = encode({ width, height, data, channels: 4 })
    const small = palettePng(whole)
    expect(small.length).toBeLessThan(whole.length / 2)
    const shown = colours(small)
    for (let pixel = 0; pixel < width * height; pixel++) {
      for (let part = 0; part < 3; part++) {
        const off = Math.abs((shown[pixel * 3 + part] ?? 0) - (data[pixel * 4 + part] ?? 0))
        expect(off).toBeLessThanOrEqual(pixel % 11 === 0 ? 8 : 0)
      }
    }
  })
})
