import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type Electron from 'electron'
import { app } from './app.ts'
import { standInFor } from './strict.ts'

export type Keyring = 'none' | ReturnType<Electron.SafeStorage['getSelectedStorageBackend']>

/** The key store of the computer; `none` refuses to seal. Another one has another key. */
export const keyring: { kind: Keyring; mustReEncrypt: boolean } = {
  kind: (process.env['STAND_IN_KEYRING'] ?? 'gnome_libsecret') as Keyring,
  mustReEncrypt: false,
}

const MARK = 'v10'
const key = (): Buffer => createHash('sha256').update(`stand-in ${keyring.kind}`).digest()

function available(): void {
  if (!app.isReady()) throw new Error('safeStorage cannot be used before app is ready')
  if (keyring.kind === 'none') throw new Error('Encryption is not available')
}

export const safeStorage = standInFor<Electron.SafeStorage>()('safeStorage', {
  isAsyncEncryptionAvailable: async () => app.isReady() && keyring.kind !== 'none',
  encryptStringAsync: async (text: string) => {
    available()
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key(), nonce)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.from(MARK), nonce, cipher.getAuthTag(), sealed])
  },
  decryptStringAsync: async (sealed: Buffer) => {
    available()
    const refused = new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.')
    if (sealed.subarray(0, 3).toString() !== MARK) throw refused
    const decipher = createDecipheriv('aes-256-gcm', key(), sealed.subarray(3, 15))
    decipher.setAuthTag(sealed.subarray(15, 31))
    try {
      const result = decipher.update(sealed.subarray(31), undefined, 'utf8') + decipher.final('utf8')
      return { result, shouldReEncrypt: keyring.mustReEncrypt }
    } catch {
      throw refused
    }
  },
  getSelectedStorageBackend: () => {
    if (!app.isReady()) return 'unknown'
    return keyring.kind === 'none' ? 'basic_text' : keyring.kind
  },
})
