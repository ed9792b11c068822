import { DEMO_ID } from '../../shared/demo.ts'
import { counted } from '../../shared/describe.ts'
import { isAbort } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import { normaliseAddress } from '../gmail/import-token.ts'
import type { Clock, Log, TokenStore } from '../ports.ts'
import type { OpenStore } from '../store/open-store.ts'
import { endFilling, type Recovery, snapshotWords } from '../store/recovery.ts'
import type { MailWorker } from '../sync/deps.ts'
import { type RebuildReport, rebuild } from '../sync/rebuild.ts'
import type { HostTrouble } from './alerts.ts'

export interface FillDeps {
  readonly store: Pick<OpenStore, 'db' | 'raw'>
  readonly mail: MailWorker
  readonly tokens: Pick<TokenStore, 'read'>
  readonly clock: Clock
  readonly log: Log
  /** Told how far it is, to follow "Mailtide is starting: ". */
  readonly onDoing?: ((doing: string) => void) | undefined
}

/**
 * Fills a database from the originals: whole, or with what it lacks (`missingOnly`). No network; each account that got something is reconciled
 * with Gmail by its next sync.
 */
export async function fillFromOriginals(
  { store, tokens, onDoing, ...deps }: FillDeps,
  signal: AbortSignal,
  options: { readonly missingOnly: boolean },
): Promise<RebuildReport> {
  const clientIdOf = async (account: AccountId): Promise<string> => {
    // It needs no sign-in.
    if (account === DEMO_ID) return ''
    try {
      return (await tokens.read(account)).client_id
    } catch (error) {
      if (isAbort(error)) throw error
      // Without a credential the account comes back all the same and asks for a sign-in.
      deps.log.warning('The account has no credential that can be read here; it will need a new sign-in', { account })
      return ''
    }
  }
  const { db, raw } = store
  const onProgress = (originals: number): void =>
    onDoing?.(`reading the originals into the database, ${counted(originals, 'original')} so far`)
  return await rebuild({ ...deps, onProgress, db, raw, clientIdOf, emailKey: normaliseAddress }, signal, options)
}

/** Brings a database that was recovered up to what is stored beside it, and says in words what was done. */
export async function finishRecovery(
  deps: FillDeps & { readonly dbFolder: string },
  recovery: Recovery,
  signal: AbortSignal,
): Promise<HostTrouble> {
  const { messages } = await fillFromOriginals(deps, signal, { missingOnly: recovery.lacks === 'newer' })
  await endFilling(deps.dbFolder)
  return recoveryTrouble(recovery, messages)
}

function recoveryTrouble({ damage, lacks, snapshot, kept }: Recovery, messages: number): HostTrouble {
  const source = snapshot === null ? 'a snapshot' : snapshotWords(snapshot)
  const from =
    lacks === 'all'
      ? `was recreated from the originals (${counted(messages, 'message')})`
      : `was restored from ${source}, with ${counted(messages, 'newer message')} from the originals`
  const aside = kept === null ? '' : ` The damaged one is kept as ${kept}. Delete it once you no longer need it`
  return {
    message: `The database ${damage}. It ${from}; what Gmail has beyond that is synced again`,
    remedy: `Check that nothing is missing: mailtide verify. Such damage usually comes from a failing disk or memory.${aside}`,
  }
}
