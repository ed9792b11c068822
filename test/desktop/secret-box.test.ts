import { describe, expect, it } from 'vitest'
import { systemSealing } from '../../electron/desktop/secret-box.ts'
import { silentLog } from '../support/silent-log.ts'

type KeyStore = Parameters<typeof systemSealing>[0]

/** Turns every byte over, unless its key is another one by now. */
const keyStore = (over: Partial<KeyStore> = {}): KeyStore => ({
  isAsyncEncryptionAvailable: async () => true,
  encryptStringAsync: async (text) => Buffer.from(text).map((byte) => byte ^ 0xff) as Buffer,
  decryptStringAsync: async (sealed) => ({
    result: Buffer.from(sealed.map((byte) => byte ^ 0xff)).toString(),
    shouldReEncrypt: false,
  }),
  getSelectedStorageBackend: () => 'gnome_libsecret',
  ...over,
})

describe('the key store of the system', () => {
  it('seals and opens, and nothing of the text is left to read', async () => {
    const { box, weakness } = await systemSealing(keyStore(), 'linux', silentLog)
    const sealed = await box?.seal('refresh-token-ü')
    expect(sealed).toMatch(/^[A-Za-z0-9+/]+=*$/)
    expect(Buffer.from(sealed ?? '', 'base64').toString('latin1')).not.toContain('refresh')
    expect(await box?.open(sealed ?? '')).toBe('refresh-token-ü')
    expect([box?.kind, weakness]).toEqual(['safe-storage', null])
  })

  it('that was reset asks for a sign-in instead of failing', async () => {
    const lost = keyStore({ decryptStringAsync: async () => Promise.reject(new Error('no such key')) })
    const { box } = await systemSealing(lost, 'darwin', silentLog)
    await expect(box?.open('AAAA')).rejects.toMatchObject({
      code: 'sealed_elsewhere',
      message: 'The key store of this computer does not open these credentials',
      remedy: 'Unlock the key store and start Mailtide again, or sign in again; all mail is kept',
    })
  })

  it.each([
    ['none', 'darwin', { isAsyncEncryptionAvailable: async () => false }, 'This computer has no key store'],
    ['basic_text on Linux', 'linux', { getSelectedStorageBackend: () => 'basic_text' }, 'No keyring such as'],
  ] as const)('%s is no protection, and said', async (_, platform, over, words) => {
    const { box, weakness } = await systemSealing(keyStore(over), platform, silentLog)
    expect(box).toBeNull()
    expect(weakness).toContain(words)
  })

  it('is not asked for its kind where only Linux has kinds', async () => {
    const windows = keyStore({
      getSelectedStorageBackend: () => {
        throw new Error('only on Linux')
      },
    })
    expect((await systemSealing(windows, 'win32', silentLog)).box?.kind).toBe('safe-storage')
  })
})
