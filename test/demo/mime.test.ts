import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fullPayload, metadataPayload } from '../../electron/demo/simulator/payload.ts'
import { snippetOf } from '../../electron/demo/simulator/snippet.ts'
import { NO_PAPERS, papers } from '../support/papers.ts'

const corpus = papers('corpus')

/** Everything the simulator makes of a mail's bytes. */
const all = (bytes: Uint8Array): string =>
  JSON.stringify([fullPayload(bytes, '1', { now: 0, call: 1 }), metadataPayload(bytes, []), snippetOf(bytes)])

it.skipIf(corpus === null)(
  `makes a payload and a snippet of every nasty mail${corpus === null ? ` (${NO_PAPERS})` : ''}`,
  () => {
    const files = globSync('*/*', { cwd: corpus ?? '' })
    expect(files.length).toBeGreaterThan(190)
    for (const file of files) expect(all(readFileSync(join(corpus ?? '', file))), file).toContain('mimeType')
  },
)

it('makes something of any bytes, and never throws', () => {
  const piece = fc.constantFrom(
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Type: message/rfc822',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    "Content-Disposition: attachment; filename*0*=utf-8''%e4; filename*1=\"x",
    'Subject: =?x-none?B?/w==?= =?utf-8?q?=zz?=',
    '--b',
    '--b--',
    '\r\n',
    '\n',
    '\n\n',
    '=E',
    '\0\u00ff',
    '<b',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      expect(all(Buffer.from(pieces.join(''), 'latin1'))).toContain('partId')
    }),
    { numRuns: 500 },
  )
})
