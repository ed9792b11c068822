import type { SafeStorage } from 'electron'
import { AppError } from '../../shared/errors.ts'
import type { Log, SecretBox } from '../ports.ts'

/** How credentials are kept on this computer, for whoever asks. */
export interface Sealing {
  readonly box: SecretBox | null
  /** Why the system's key store is not used, in words; null when it is. */
  readonly weakness: string | null
}

type KeyStore = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>

/**
 * The system's key store as a box: Keychain, DPAPI, or libsecret and KWallet (https://www.electronjs.org/docs/latest/api/safe-storage).
 * There is none where Electron finds no key store, nor where Linux would use its fixed key `basic_text`, which anybody knows: what
 * looks sealed and is not would only keep the headless host from reading it.
 */
export async function systemSealing(keyStore: KeyStore, platform: NodeJS.Platform, log: Log): Promise<Sealing> {
  if (!(await keyStore.isAsyncEncryptionAvailable())) {
    return { box: null, weakness: 'This computer has no key store that Mailtide can use' }
  }
  if (platform === 'linux' && keyStore.getSelectedStorageBackend() === 'basic_text') {
    return { box: null, weakness: 'No keyring such as GNOME Keyring or KWallet was found' }
  }
  return { box: safeStorageBox(keyStore, log), weakness: null }
}

function safeStorageBox(keyStore: KeyStore, log: Log): SecretBox {
  return {
    kind: 'safe-storage',
    seal: async (text) => (await keyStore.encryptStringAsync(text)).toString('base64'),
    open: async (sealed) => {
      const { result, shouldReEncrypt } = await decrypt(keyStore, Buffer.from(sealed, 'base64'))
      // The next refresh writes it anew, within the hour in which its account syncs.
      if (shouldReEncrypt)
        log.debug('The key store has a new key; credentials are sealed with it when they are next written')
      return result
    },
  }
}

/** A key store that was reset, or that of another user: nobody here can open what it sealed. */
async function decrypt(keyStore: KeyStore, sealed: Buffer): ReturnType<KeyStore['decryptStringAsync']> {
  try {
    return await keyStore.decryptStringAsync(sealed)
  } catch (error) {
    throw new AppError('sealed_elsewhere', 'The key store of this computer does not open these credentials', {
      remedy: 'Unlock the key store and start Mailtide again, or sign in again; all mail is kept',
      cause: error,
    })
  }
}
