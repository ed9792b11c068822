import { describe, expect, it } from 'vitest'
import { asRecords, bareRow, columnsOf } from '../../electron/store/message-row.ts'
import { aMessage } from '../support/messages.ts'

describe('the row of a message', () => {
  it('carries no history id, labels or attachments among its columns: they have tables of their own', () => {
    const columns = columnsOf(aMessage('m1'))
    expect(columns).toMatchObject({ id: 'm1', from_name: 'Ada Lovelace', sha256: `\\x${'ab'.repeat(32)}` })
    for (const apart of ['history_id', 'label_ids', 'attachments']) expect(columns).not.toHaveProperty(apart)
  })

  it('travels with others as one list', () => {
    expect(Buffer.from(asRecords([])).toString()).toBe('[]')
    const both = JSON.parse(Buffer.from(asRecords([aMessage('m1'), aMessage('m2')])).toString()) as { id: string }[]
    expect(both.map(({ id }) => id)).toEqual(['m1', 'm2'])
  })

  it('can be stripped of all that its author wrote, and says so', () => {
    const row = aMessage('m1', {
      subject: 'Secret',
      body_text: 'secret',
      faults: ['date_unreadable'],
      labels: ['INBOX'],
    })
    const bare = bareRow(row)
    expect(bare).toMatchObject({ id: 'm1', history_id: row.history_id, label_ids: ['INBOX'], attachments: [] })
    expect(columnsOf(bare)).toMatchObject({
      id: 'm1',
      subject: '',
      from_name: '',
      headers: [],
      size_bytes: 1000,
      faults: ['date_unreadable', 'parse_failed'],
    })
    expect(Buffer.from(bare.json).toString()).not.toMatch(/secret|ada@|lovelace/i)
  })
})
