/** One simulated mailbox: its messages in order, labels, drafts and history. What changes it, writes history as Gmail does. */
import { AppError } from '../../../shared/errors.ts'
import { createRandom } from '../random.ts'
import type { LazyMail, NewMail, Refusal, SimulatedMail, SimulatedMailbox } from '../types.ts'
import type { SimulatedClock } from './clock.ts'
import { compareEntries, type Entry, lowerBound, viewOf } from './entry.ts'
import { createHistory, type HistoryLog } from './history.ts'
import { createLabels, type Labels } from './labels.ts'
import type { Grants } from './tokens.ts'

/** The mailbox as the routes see it. */
export interface MailboxState extends SimulatedMailbox {
  /** Stays when the address changes. */
  readonly user: string
  /** Oldest first. */
  readonly order: readonly Entry[]
  readonly entries: ReadonlyMap<string, Entry>
  readonly threads: ReadonlyMap<string, readonly Entry[]>
  /** Message id by draft id. */
  readonly draftIds: ReadonlyMap<string, string>
  readonly history: HistoryLog
  readonly labelTable: Labels
  readonly refusal: Refusal | null
}

export interface MailboxDeps {
  readonly user: string
  readonly seed: number
  readonly clock: SimulatedClock
  readonly grants: Grants
  readonly historyFrom?: number | undefined
  /** Tells the simulator that the address changed. */
  readonly renamed: (from: string, to: string) => void
}

const without = (labels: readonly string[], gone: readonly string[]): string[] =>
  labels.filter((label) => !gone.includes(label))

export function createMailbox(firstEmail: string, deps: MailboxDeps): MailboxState {
  const { clock, grants, user } = deps
  const random = createRandom(deps.seed, user)
  const history = createHistory(random, deps.historyFrom)
  const labelTable = createLabels()
  const order: Entry[] = []
  const entries = new Map<string, Entry>()
  const threads = new Map<string, Entry[]>()
  const draftIds = new Map<string, string>()
  let email = firstEmail
  let refusal: Refusal | null = null

  /** Gmail's ids are 16 hex digits that grow with the time of arrival; so are ours. */
  const newId = (at: number): string => {
    for (;;) {
      const id = ((BigInt(Math.max(0, Math.floor(at))) << 20n) | BigInt(random.int(1 << 20))).toString(16)
      if (!entries.has(id)) return id
    }
  }
  const checkId = (id: string | undefined): void => {
    if (id === undefined) return
    if (!/^[0-9a-f]{1,16}$/.test(id) || BigInt(`0x${id}`) >= 1n << 63n)
      throw new AppError('bad_input', 'A Gmail message id is a lower-case hexadecimal number below 2^63')
    if (entries.has(id)) throw new AppError('conflict', 'The simulated mailbox has a message of that id already')
  }
  const existing = (id: string): Entry => {
    const entry = entries.get(id)
    if (entry === undefined) throw new AppError('not_found', `The simulated mailbox has no message ${id}`)
    return entry
  }
  const index = (entry: Entry): void => {
    entries.set(entry.id, entry)
    const thread = threads.get(entry.threadId)
    if (thread === undefined) threads.set(entry.threadId, [entry])
    else thread.push(entry)
  }
  const record = (
    kind: 'added' | 'deleted' | 'labels',
    entry: Entry,
    labelsAdded: readonly string[] = [],
    labelsRemoved: readonly string[] = [],
  ): void => {
    entry.historyId = history.append({
      kind,
      messageId: entry.id,
      threadId: entry.threadId,
      labelsAdded,
      labelsRemoved,
      labelIds: entry.labelIds,
    })
  }
  const insert = (mail: NewMail): Entry => {
    checkId(mail.id)
    const id = mail.id ?? newId(clock.now())
    const entry: Entry = {
      id,
      threadId: mail.threadId ?? id,
      labelIds: [...new Set(mail.labelIds ?? ['INBOX', 'UNREAD'])],
      historyId: 0,
      internalDate: mail.internalDate ?? Math.floor(clock.now() / 1_000) * 1_000,
      source: mail.raw,
      arrivedAt: clock.now(),
      size: mail.raw.length,
      snippet: null,
    }
    index(entry)
    order.splice(lowerBound(order, entry), 0, entry)
    record('added', entry)
    return entry
  }
  const drop = (entry: Entry): void => {
    entries.delete(entry.id)
    order.splice(lowerBound(order, entry), 1)
    const thread = (threads.get(entry.threadId) ?? []).filter((other) => other !== entry)
    if (thread.length === 0) threads.delete(entry.threadId)
    else threads.set(entry.threadId, thread)
    record('deleted', entry)
  }
  const draftOf = (messageId: string): string | undefined =>
    [...draftIds].find(([, message]) => message === messageId)?.[0]
  const relabel = (id: string, add: readonly string[], remove: readonly string[]): void => {
    const entry = existing(id)
    const removed = [...new Set(remove)].filter((label) => entry.labelIds.includes(label))
    const added = [...new Set(add)].filter((label) => !entry.labelIds.includes(label) && !remove.includes(label))
    if (added.length === 0 && removed.length === 0) return
    // Gmail writes one record or two when labels come and go at once; both happen here.
    if (added.length > 0 && removed.length > 0 && random.chance(0.5)) {
      entry.labelIds = without(entry.labelIds, removed)
      record('labels', entry, [], removed)
      entry.labelIds = [...entry.labelIds, ...added]
      record('labels', entry, added, [])
      return
    }
    entry.labelIds = [...without(entry.labelIds, removed), ...added]
    record('labels', entry, added, removed)
  }
  const remove = (id: string): void => {
    const entry = existing(id)
    const draft = draftOf(id)
    if (draft !== undefined) draftIds.delete(draft)
    drop(entry)
  }

  return {
    user,
    order,
    entries,
    threads,
    draftIds,
    history,
    labelTable,
    get email() {
      return email
    },
    get refreshToken() {
      return grants.current(user)
    },
    get size() {
      return order.length
    },
    get refusal() {
      return refusal
    },
    historyId: () => BigInt(history.current()),
    messages: () => order.toReversed().map(viewOf),
    get(id) {
      const entry = entries.get(id)
      return entry === undefined ? undefined : viewOf(entry)
    },
    labels: () => labelTable.all().map(({ id, name, type }) => ({ id, name, type })),
    drafts: () => [...draftIds].map(([id, messageId]) => ({ id, messageId })),
    load(mails: Iterable<LazyMail>) {
      const loaded: Entry[] = []
      for (const mail of mails) {
        checkId(mail.id)
        const internalDate = mail.internalDate ?? Math.floor(clock.now() / 1_000) * 1_000
        const id = mail.id ?? newId(internalDate)
        const entry: Entry = {
          id,
          threadId: mail.threadId ?? id,
          labelIds: [...new Set(mail.labelIds ?? [])],
          historyId: 0,
          internalDate,
          source: mail.read,
          arrivedAt: null,
          size: null,
          snippet: null,
        }
        index(entry)
        loaded.push(entry)
        if (entry.labelIds.includes('DRAFT')) draftIds.set(`r${BigInt(`0x${id}`)}`, id)
      }
      loaded.sort(compareEntries)
      for (const entry of loaded) {
        entry.historyId = history.skip()
        order.push(entry)
      }
      order.sort(compareEntries)
      history.expire()
    },
    add: (mail) => viewOf(insert(mail)),
    remove,
    relabel,
    trash: (id) => relabel(id, ['TRASH'], ['INBOX', 'SPAM']),
    untrash: (id) => relabel(id, [], ['TRASH']),
    saveDraft(raw, previous): SimulatedMail {
      const old = previous === undefined ? undefined : existing(previous)
      const draftId = old === undefined ? undefined : draftOf(old.id)
      if (old !== undefined && draftId === undefined)
        throw new AppError('bad_input', `The message ${old.id} of the simulated mailbox is no draft`)
      const saved = insert({
        raw,
        labelIds: old?.labelIds ?? ['DRAFT'],
        ...(old === undefined ? {} : { threadId: old.threadId }),
      })
      if (old !== undefined) drop(old)
      draftIds.set(draftId ?? `r${BigInt(`0x${saved.id}`)}`, saved.id)
      return viewOf(saved)
    },
    sendDraft(id) {
      const old = existing(id)
      const draftId = draftOf(id)
      if (draftId === undefined)
        throw new AppError('bad_input', `The message ${id} of the simulated mailbox is no draft`)
      const { raw } = viewOf(old)
      draftIds.delete(draftId)
      const sent = insert({ raw, threadId: old.threadId, labelIds: ['SENT'] })
      drop(old)
      return viewOf(sent)
    },
    createLabel(name) {
      const id = labelTable.create(name)
      history.skip()
      return id
    },
    renameLabel(id, name) {
      labelTable.rename(id, name)
      history.skip()
    },
    deleteLabel(id) {
      labelTable.remove(id)
      // One record for each message that carried it.
      for (const entry of order) if (entry.labelIds.includes(id)) relabel(entry.id, [], [id])
      history.skip()
    },
    expireHistory: () => history.expire(),
    revoke: (cause = 'revoked') => grants.kill(user, cause),
    signIn: () => grants.issue(user),
    setScopes: (scopes) => grants.setScopes(user, scopes),
    refuse(next) {
      refusal = next
    },
    rename(to) {
      deps.renamed(email, to)
      email = to
    },
  }
}
