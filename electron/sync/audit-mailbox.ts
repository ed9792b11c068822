import type { AccountId, MessageId, ThreadId } from '../../shared/ids.ts'
import type { MessageFacts } from '../gmail/types.ts'
import { AUDIT_RUN, type MailboxDifferences, mailboxDifferences } from '../store/audit-gmail.ts'
import { MOST_FOUND } from '../store/audit-local.ts'
import type { AuditDeps } from './audit-deps.ts'
import { askAll, bringUp, listInto, MOST_ASKED } from './audit-listing.ts'
import type { Findings } from './audit-plan.ts'

/** What the comparison of ids found, ready for its repair. */
export interface MailboxLook {
  readonly missing: readonly { readonly id: MessageId; readonly threadId: ThreadId }[]
  readonly deleted: readonly MessageId[]
  readonly ghosts: readonly MessageId[]
  readonly queued: readonly MessageId[]
  /** Gmail's word on each; null when there were too many to ask, and two listings say so. */
  readonly facts: ReadonlyMap<MessageId, MessageFacts> | null
}

/**
 * Compares every id of the mailbox with what is stored and queued. A listing is no snapshot, and mail comes and goes meanwhile: only what stands
 * after a catch-up, Gmail's word on each message and another catch-up is a difference.
 */
export async function lookAtMailbox(
  deps: AuditDeps,
  account: AccountId,
  found: Findings,
  signal: AbortSignal,
): Promise<MailboxLook> {
  const differences = (): Promise<MailboxDifferences> =>
    mailboxDifferences(deps.db, account, {
      wanted: deps.settings.includeSpamTrash ? AUDIT_RUN.mailbox : AUDIT_RUN.wanted,
      limit: MOST_FOUND,
    })
  const list = async (): Promise<void> => {
    await listInto(deps, account, { run: AUDIT_RUN.mailbox, includeSpamTrash: true }, signal)
    // Spam and trash that are not wanted are not missing, but what is stored of them is no ghost either.
    if (!deps.settings.includeSpamTrash)
      await listInto(deps, account, { run: AUDIT_RUN.wanted, includeSpamTrash: false }, signal)
    await bringUp(deps, account, signal)
  }
  await list()
  const first = idsOf(await differences())
  if (first.length === 0) return { missing: [], deleted: [], ghosts: [], queued: [], facts: null }
  const asked = first.length > MOST_ASKED ? null : await askAll(deps, first, signal)
  if (asked === null) await list()
  else await bringUp(deps, account, signal)
  const still = await deps.hold(differences)
  const isThere = (id: MessageId): boolean => asked === null || asked.found.has(id)
  const isGone = (id: MessageId): boolean => asked === null || asked.gone.has(id)
  const isSuspect = new Set(first)
  const look: MailboxLook = {
    missing: still.missing.filter(({ id }) => isSuspect.has(id) && isThere(id)),
    deleted: still.deleted.filter((id) => isSuspect.has(id) && isThere(id)),
    ghosts: still.unlisted.filter((id) => isSuspect.has(id) && isGone(id)),
    queued: still.queued.filter((id) => isSuspect.has(id) && isGone(id)),
    facts: asked?.found ?? null,
  }
  found.add(
    'missing',
    look.missing.map(({ id }) => id),
  )
  found.add('deleted_here', look.deleted)
  found.add('ghost', look.ghosts)
  found.add('queued_gone', look.queued)
  return look
}

const idsOf = ({ missing, deleted, unlisted, queued }: MailboxDifferences): MessageId[] => [
  ...new Set([...missing.map(({ id }) => id), ...deleted, ...unlisted, ...queued]),
]
