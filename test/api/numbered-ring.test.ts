import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRing } from '../../electron/api/numbered-ring.ts'

it('keeps the last items by number and by weight, as a plain list would, and lets go of the others', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 80 }), fc.integer({ min: 1, max: 9 }), (weights, size) => {
      const ring = createRing<number>(size, { most: 30, weightOf: (item) => item })
      const all: number[] = []
      expect([ring.first, ring.last, ring.at(0), ring.at(1)]).toEqual([1, 0, undefined, undefined])
      for (const weight of weights) {
        ring.push(weight)
        all.push(weight)
        let kept = all.slice(-size)
        while (kept.length > 1 && kept.reduce((sum, item) => sum + item, 0) > 30) kept = kept.slice(1)
        expect([ring.first, ring.last]).toEqual([all.length - kept.length + 1, all.length])
        const held = Array.from({ length: all.length + 2 }, (_, number) => ring.at(number))
        expect(held).toEqual([...Array.from({ length: ring.first }, () => undefined), ...kept, undefined])
      }
    }),
  )
})
