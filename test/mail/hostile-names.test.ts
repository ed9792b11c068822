import { describe, expect, it } from 'vitest'
import { parseMessage } from '../../electron/mail/parse.ts'

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '__defineGetter__', 'valueOf']

describe('what a mail names as a part of the language', () => {
  it.each(names)('%s is a header, a charset, a parameter and a boundary like any other', (name) => {
    const mail = [
      `${name}: polluted`,
      `${name}: again`,
      'Subject: plain',
      `Content-Type: multipart/mixed; ${name}=x; boundary="${name}"`,
      '',
      `--${name}`,
      `Content-Type: text/plain; charset=${name}; ${name}*0=y`,
      `Content-Transfer-Encoding: ${name}`,
      '',
      'body',
      `--${name}`,
      `Content-Disposition: ${name}; filename=${name}`,
      `Content-Type: ${name}/${name}`,
      '',
      'file',
      `--${name}--`,
      '',
    ].join('\r\n')
    const parsed = parseMessage(Buffer.from(mail, 'latin1'))
    expect(parsed.subject).toBe('plain')
    expect(parsed.headers.slice(0, 2)).toEqual([
      { name: name.toLowerCase(), value: 'polluted' },
      { name: name.toLowerCase(), value: 'again' },
    ])
    expect(parsed.text).toContain('body')
    expect(parsed.attachments.map(({ filename }) => filename)).toEqual([name])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
