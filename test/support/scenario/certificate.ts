import { generateKeyPairSync, sign } from 'node:crypto'

/** A certificate and its key, in PEM. */
export interface Certified {
  readonly cert: string
  readonly key: string
}

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts)
const text = (tag: number, value: string): Buffer => tlv(tag, Buffer.from(value, 'ascii'))
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))

const ECDSA_WITH_SHA256 = oid('2a8648ce3d040302')
const COMMON_NAME = oid('550403')
const SUBJECT_ALT_NAME = oid('551d11')
const BASIC_CONSTRAINTS = oid('551d13')

/** A certificate for `localhost` that vouches for itself: https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
export function selfSigned(name: string): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const whose = sequence(tlv(0x31, sequence(COMMON_NAME, text(0x0c, name))))
  const extension = (id: Buffer, value: Buffer): Buffer => sequence(id, tlv(0x04, value))
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1, name.length])),
    sequence(ECDSA_WITH_SHA256),
    whose,
    sequence(text(0x17, '200101000000Z'), text(0x17, '491231235959Z')),
    whose,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa3,
      sequence(
        extension(BASIC_CONSTRAINTS, sequence(tlv(0x01, Buffer.from([0xff])))),
        extension(SUBJECT_ALT_NAME, sequence(text(0x82, 'localhost'))),
      ),
    ),
  )
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, privateKey))
  const der = sequence(body, sequence(ECDSA_WITH_SHA256), signature)
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
