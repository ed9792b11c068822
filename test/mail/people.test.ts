import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPeople } from '../../electron/mail/people.ts'

/** `Name <address> @ group`. */
function read(header: string): string[] {
  return readPeople(header).map(({ name, address, group }) =>
    `${name} <${address}>${group === null ? '' : ` @ ${group}`}`.trim(),
  )
}

describe('address lists as real mails write them', () => {
  test.each([
    ['Ann <a@b.c>', ['Ann <a@b.c>']],
    ['a@b.c', ['<a@b.c>']],
    ['"Doe, Jane" <j@d.e>, b@c.d', ['Doe, Jane <j@d.e>', '<b@c.d>']],
    ['a@b.c; d@e.f', ['<a@b.c>', '<d@e.f>']],
    ['a@b.c, , ,d@e.f,', ['<a@b.c>', '<d@e.f>']],
    ['Mary <@machine.tld:mary@example.net>', ['Mary <mary@example.net>']],
    ['jdoe@test   . example', ['<jdoe@test.example>']],
    ['jdoe @ test.example', ['<jdoe@test.example>']],
    ['Jane Doe jane@doe.org', ['Jane Doe <jane@doe.org>']],
    ['a@b.c (Ann Bee)', ['Ann Bee <a@b.c>']],
    ['Ann <a@b.c> (work)', ['Ann <a@b.c>']],
    ['<a@b.c (work)>', ['<a@b.c>']],
    ['root', ['root <>']],
    ['Joe Q. Public <j@q.p>', ['Joe Q. Public <j@q.p>']],
    ['"Giant; \\"Big\\" Box" <s@x.y>', ['Giant; "Big" Box <s@x.y>']],
    ['"quoted local"@b.c', ['<"quoted local"@b.c>']],
    ['<mailto:a@b.c>', ['<a@b.c>']],
    ['<<a@b.c>>', ['<a@b.c>']],
    ['Ann <a@b.c, Bob <b@c.d>', ['Ann <a@b.c>', 'Bob <b@c.d>']],
    ['< a@ b.c >', ['<a@b.c>']],
    ['<>', []],
    ['', []],
    ['(only a comment)', []],
  ])('%s', (header, expected) => {
    expect(read(header)).toEqual(expected)
  })

  test.each([
    ['A Group: Ed <e@x.y>, joe@x.y;', ['Ed <e@x.y> @ A Group', '<joe@x.y> @ A Group']],
    ['Team: a@b.c; z@y.x', ['<a@b.c> @ Team', '<z@y.x>']],
    ['undisclosed-recipients:;', []],
    ['Undisclosed-Recipient:@x;', []],
    ['<Undisclosed-Recipient:@mailman.enron.com;>', []],
    ['unlisted-recipients:; (no To-header on input)', []],
  ])('groups: %s', (header, expected) => {
    expect(read(header)).toEqual(expected)
  })

  test.each([
    ['=?utf-8?Q?M=C3=BCller?= <m@x.y>', ['Müller <m@x.y>']],
    ['"=?utf-8?Q?M=C3=BCller?=" <m@x.y>', ['Müller <m@x.y>']],
    ['=?iso-8859-1?Q?M=FCller,_Hans?= <m@x.y>, b@c.d', ['Müller, Hans <m@x.y>', '<b@c.d>']],
    ['=?utf-8?Q?Sales:_all?= <s@x.y>', ['Sales: all <s@x.y>']],
    ['a@b.c (=?utf-8?B?w6k=?=)', ['é <a@b.c>']],
  ])('encoded words: %s', (header, expected) => {
    expect(read(header)).toEqual(expected)
  })

  test('a decoded word never forges an address, a person or a group', () => {
    const forged = Buffer.from('boss@bank.example>, x@y.z; G: <').toString('base64')
    expect(readPeople(`=?utf-8?B?${forged}?= <thief@evil.example>`)).toEqual([
      { name: 'boss@bank.example>, x@y.z; G: <', address: 'thief@evil.example', group: null },
    ])
    expect(readPeople(`=?utf-8?B?${Buffer.from('boss@bank.example').toString('base64')}?=`)).toEqual([
      { name: 'boss@bank.example', address: '', group: null },
    ])
  })

  test.each([
    ['"unclosed <a@b.c>', ['"unclosed <a@b.c>']],
    ['unclosed (comment <a@b.c>', ['unclosed (comment <a@b.c>']],
    ['Ann <a@b.c', ['Ann <a@b.c>']],
  ])('what is never closed is literal: %s', (header, expected) => {
    expect(read(header)).toEqual(expected)
  })

  test('what we write we read back', () => {
    const name = fc.stringMatching(/^[A-Za-zÀ-ž0-9 .,;:@<>()'-]{1,30}$/).map((text) => text.trim())
    const address = fc.stringMatching(/^[a-z0-9.+_-]{1,12}@[a-z0-9-]{1,12}\.[a-z]{2,5}$/)
    const people = fc.array(fc.record({ name, address, group: fc.constant(null) }), { maxLength: 8 })
    fc.assert(
      fc.property(people, (list) => {
        const header = list.map((person) => `"${person.name}" <${person.address}>`).join(', ')
        expect(readPeople(header)).toEqual(
          list.map((person) => ({ ...person, name: person.name.replace(/\s+/g, ' ').trim() })),
        )
      }),
    )
  })
})
