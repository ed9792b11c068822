import { type AccountAudit, type Completeness, completenessOf, type Verification } from '../../shared/audit.ts'

/** A copy that lacks something, as a verification found it. */
export function galleryAudit(now: Date, account: string): AccountAudit {
  const at = new Date(now.getTime() - 3 * 3_600_000).toISOString()
  const label = (label_id: string, name: string, gmail: number, stored = gmail, waiting = 0, gone = 0) => ({
    label_id,
    name,
    gmail,
    stored,
    waiting,
    gone,
  })
  return {
    account,
    account_id: account,
    verdict: 'differs',
    gmail: {
      at,
      by: 'ids',
      compared_at: at,
      figures: { gmail: 12_345, stored: 12_340, waiting: 3, gone: 41 },
      waiting: [{ code: 'server', reason: 'Gmail answers with an error (500)', count: 3 }],
      labels: [
        label('INBOX', 'INBOX', 1_204, 1_200, 3, 12),
        label('SENT', 'SENT', 3_310),
        label('Label_1', 'Archiv/Rechnungen 2019 bis 2024', 802, 802, 0, 7),
      ],
      findings: [{ kind: 'missing', count: 5, repaired: 3, lost: 0, examples: ['1932f0c4a7be11d8'] }],
    },
    local: {
      at,
      read: 12_381,
      originals: 12_381,
      findings: [{ kind: 'original_damaged', count: 1, repaired: 0, lost: 1, examples: ['18c04e5d9912aa3b'] }],
    },
    deep: null,
  }
}

export const galleryVerification = (now: Date): Verification => ({
  state: 'running',
  scheduled: false,
  started_at: now.toISOString(),
  finished_at: null,
  repair: false,
  progress: null,
  accounts: [],
  unseen: [],
})

/** What a card can say of completeness. */
export function galleryCompleteness(now: Date): Readonly<Record<string, Completeness>> {
  const differs = galleryAudit(now, 'a')
  const clean = { ...differs, local: null, gmail: differs.gmail === null ? null : { ...differs.gmail, findings: [] } }
  const { gmail } = clean
  const complete = {
    ...clean,
    gmail: gmail === null ? null : { ...gmail, figures: { gmail: 12_345, stored: 12_345, waiting: 0, gone: 41 } },
  }
  return {
    complete: completenessOf(complete, null),
    waiting: completenessOf(clean, null),
    differs: completenessOf(differs, null),
    running: completenessOf(complete, { step: 'originals', done: 4_100, total: 12_381 }),
  }
}
