import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { promisify } from 'node:util'
import { AppError } from '../../shared/errors.ts'
import type { SecretBox } from '../ports.ts'
import type { Env } from './data-folder.ts'

/** No sealing: the file's mode alone protects it. */
export const plainBox: SecretBox = {
  kind: 'plain',
  seal: async (text) => text,
  open: async (sealed) => sealed,
}

/** Memory-hard parameters of OWASP's password storage cheat sheet: N = 2^17, r = 8, p = 1 (128 MB, once per start). */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
const KEY_BYTES = 32

const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt)

/**
 * Seals with a passphrase: scrypt and AES-256-GCM. The sealed text is `v1.<salt>.<nonce>.<tag>.<ciphertext>` in base64url.
 * Opening throws `sealed_elsewhere` when the passphrase is another one or the text was changed.
 */
export function passphraseBox(passphrase: string, cost: typeof COST = COST): SecretBox {
  const keys = new Map<string, Promise<Buffer>>()
  const keyFor = (salt: Buffer): Promise<Buffer> => {
    const name = salt.toString('base64url')
    const known = keys.get(name) ?? derive(passphrase.normalize('NFC'), salt, KEY_BYTES, cost)
    keys.set(name, known)
    // It takes 128 MB: what failed for want of them is tried again when it is next needed.
    known.catch(() => keys.delete(name))
    return known
  }
  const ownSalt = randomBytes(16)
  return {
    kind: 'passphrase',
    seal: async (text) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', await keyFor(ownSalt), nonce)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return ['v1', ...[ownSalt, nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join(
        '.',
      )
    },
    open: async (sealed) => {
      const [version, ...parts] = sealed.split('.')
      const [salt, nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'))
      if (version !== 'v1' || !salt || !nonce || tag?.length !== 16 || !text || parts.length !== 4) throw cannotOpen()
      const key = await keyFor(salt)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
        decipher.setAuthTag(tag)
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
      } catch (error) {
        throw cannotOpen(error)
      }
    },
  }
}

/**
 * The box of the headless host: sealed by `MAILTIDE_PASSPHRASE_FILE` or `MAILTIDE_PASSPHRASE` when one is set, else plain. `hide` is given the
 * passphrase, for the log to keep out.
 */
export async function headlessBox(env: Env, hide: (secret: string) => void = () => undefined): Promise<SecretBox> {
  const file = env['MAILTIDE_PASSPHRASE_FILE']
  const passphrase = file
    ? await readPassphraseFile(file, 'Unset MAILTIDE_PASSPHRASE_FILE')
    : env['MAILTIDE_PASSPHRASE']
  if (passphrase) hide(passphrase)
  return passphrase ? passphraseBox(passphrase) : plainBox
}

/** No passphrase is longer, and whatever goes on for ever is not read to its end. */
const MAX_PASSPHRASE = 10_000

/** The one line in a file. Throws `bad_settings`; `otherwise` is what else the person can do, as a sentence. */
export async function readPassphraseFile(file: string, otherwise: string): Promise<string> {
  let text = ''
  try {
    for await (const part of createReadStream(file, { encoding: 'utf8', end: MAX_PASSPHRASE })) text += part
  } catch (error) {
    throw new AppError('bad_settings', `The passphrase file ${file} cannot be read`, {
      remedy: `Create it and give your user permission to read it. ${otherwise} if it is not meant`,
      cause: error,
    })
  }
  if (text.length > MAX_PASSPHRASE) {
    throw new AppError('bad_settings', `The file ${file} is too large to hold a passphrase`, {
      remedy: `Write the passphrase alone into it, in one line. ${otherwise} if it is not meant`,
    })
  }
  // Editors end the last line; the passphrase itself is one line.
  const passphrase = text.replace(/\r?\n$/, '')
  if (passphrase !== '') return passphrase
  throw new AppError('bad_settings', `The passphrase file ${file} is empty`, {
    remedy: `Write the passphrase into it. ${otherwise} if it is not meant`,
  })
}

const cannotOpen = (cause?: unknown) =>
  new AppError('sealed_elsewhere', 'The passphrase does not open these credentials', {
    remedy:
      'Set MAILTIDE_PASSPHRASE or MAILTIDE_PASSPHRASE_FILE to the passphrase they were sealed with, or sign in again',
    cause,
  })
