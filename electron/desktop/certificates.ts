import { readFileSync } from 'node:fs'
// As a whole: were a function missing in Electron's Node, a name in braces would keep the app from starting.
import * as tls from 'node:tls'
import type { Env } from '../platform/data-folder.ts'

/**
 * Trusts, beside the authorities that Node brings along, those of the system and of `NODE_EXTRA_CA_CERTS`: at work the connection to Google may
 * go through a proxy that has certificates of its own. Node would read that variable itself, but a packed app is fused not to. Once, before
 * the first connection. A file that cannot be read is told by `warn`, and the others are trusted all the same.
 */
export function trustOwnAuthorities(env: Env, warn: (message: string) => void): void {
  try {
    const extra = extraCertificates(env['NODE_EXTRA_CA_CERTS'], warn)
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...extra])
  } catch (error) {
    warn(`The system's certificates cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function extraCertificates(file: string | undefined, warn: (message: string) => void): readonly string[] {
  if (!file) return []
  try {
    return readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  } catch (error) {
    warn(`NODE_EXTRA_CA_CERTS cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}
