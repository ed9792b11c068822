import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hrefOf, pageNames, placeOf } from '../../renderer/navigation.ts'

it.each([
  ['', 'overview', ''],
  ['#', 'overview', ''],
  ['#/logs', 'logs', ''],
  ['#logs', 'logs', ''],
  ['#/welcome/client', 'welcome', 'client'],
  ['#/nowhere', 'overview', ''],
  ['#main', 'overview', ''],
  ['#/settings/%E0%A4%A', 'settings', '%E0%A4%A'],
])('%j leads to the page %s, part %j', (hash, page, part) => {
  expect(placeOf(hash)).toMatchObject({ page, part })
})

it('an address leads back to the place it was made of', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...pageNames),
      fc.string().filter((part) => !part.includes('/')),
      fc.string(),
      (page, part, account) => {
        const place = placeOf(hrefOf(page, part, { account }))
        expect([place.page, place.part, place.params.get('account')]).toEqual([page, part, account])
      },
    ),
  )
})
