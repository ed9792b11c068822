import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDate } from '../../electron/mail/dates.ts'

function iso(header: string): string | null {
  const value = readDate(header)
  return value === null ? null : new Date(value).toISOString().replace('.000Z', 'Z')
}

describe('dates as real mails write them', () => {
  test.each([
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z'],
    ['21 Nov 97 09:55 EST', '1997-11-21T14:55:00Z'],
    ['Fri, 21 Nov 1997 09:55:06 -0600 (CST)', '1997-11-21T15:55:06Z'],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', null],
    ['Fri, 21 Nov 1997 09.55.06 +0100', '1997-11-21T08:55:06Z'],
    ['Fri,21 Nov 1997 09:55:06 GMT+0200', '1997-11-21T07:55:06Z'],
    ['Wed, 20 Sep 1995 00:19:00 (EDT) -0400', '1995-09-20T04:19:00Z'],
    ['Wed, 20 Sep 1995 00:19:00 (EDT)', '1995-09-20T04:19:00Z'],
    ['Thu, 01-Jan-2004 00:00:00 UT', '2004-01-01T00:00:00Z'],
    ['1 September 2004 10:00 PM', '2004-09-01T22:00:00Z'],
    ['Mon, 1 Jan 2024 12:30 am', '2024-01-01T00:30:00Z'],
    ['Mon Jan  1 10:00:00 2024', '2024-01-01T10:00:00Z'],
    ['Mon Jan  1 10:00:00 PST 2024', '2024-01-01T18:00:00Z'],
    ['Thursday, April 09, 2003 9:00 AM', '2003-04-09T09:00:00Z'],
    ['2024-01-02T10:00:00.123+02:00', '2024-01-02T08:00:00Z'],
    ['2024-01-02 10:00:00Z', '2024-01-02T10:00:00Z'],
    ['2 Jan 2024', '2024-01-02T00:00:00Z'],
    // The bug of the year 2000, two digits, and the end of a leap second.
    ['Sat, 1 Jan 101 10:00:00 +0000', '2001-01-01T10:00:00Z'],
    ['1 Jan 23 10:00:00 +0000', '2023-01-01T10:00:00Z'],
    ['1 Jan 50 10:00:00 +0000', '1950-01-01T10:00:00Z'],
    ['Sat, 31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00Z'],
    ['29 Feb 2024 00:00:00 +0000', '2024-02-29T00:00:00Z'],
    // No zone, an unknown one and an absurd one mean UTC.
    ['1 Jan 2024 10:00:00', '2024-01-01T10:00:00Z'],
    ['1 Jan 2024 10:00:00 XYZ', '2024-01-01T10:00:00Z'],
    ['1 Jan 2024 10:00:00 +9900', '2024-01-01T10:00:00Z'],
    ['1 Jan 2024 10:00:00 0000', '2024-01-01T10:00:00Z'],
  ])('%s', (header, expected) => {
    expect(iso(header)).toBe(expected)
  })

  test.each([
    ...[
      '',
      'yesterday',
      '31 Feb 2024 10:00:00 +0000',
      '29 Feb 2023 10:00:00',
      '0 Jan 2024 10:00:00',
      '32 Jan 2024 10:00',
    ],
    ...[
      '1 Foo 2024 10:00:00',
      '1 Jan 2024 28:00:00',
      '1 Jan 2024 10:61:00',
      '1 Jan 2024 10:00:61',
      '1 Jan 2024 10:00:xx',
    ],
    ...['Tue, 7 Apr 2026 10:00:t', '1 Jan 0001 10:00:00', '2024-13-01', 'Wed, 15 Dec 2010    59:10 -0500'],
  ])('%j is no date', (header) => {
    expect(readDate(header)).toBeNull()
  })

  test('what Gmail writes is read back to the second, for any time from 1900 to 2100', () => {
    const time = fc.date({ min: new Date('1901-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(time, fc.integer({ min: -14 * 60, max: 14 * 60 }), (moment, zone) => {
        const seconds = Math.floor(moment.getTime() / 1000)
        const local = new Date((seconds + zone * 60) * 1000).toUTCString().replace(' GMT', '')
        const digits = `${Math.floor(Math.abs(zone) / 60)}`.padStart(2, '0') + `${Math.abs(zone) % 60}`.padStart(2, '0')
        expect(readDate(`${local} ${zone < 0 ? '-' : '+'}${digits}`)).toBe(seconds * 1000)
      }),
    )
  })

  test('never throws, and gives a whole number of milliseconds or null', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const value = readDate(text)
        expect(value === null || Number.isSafeInteger(value)).toBe(true)
      }),
    )
  })
})
