import { expect, it, onTestFinished } from 'vitest'
import { createPublisher } from '../../electron/service/publisher.ts'
import type { Snapshot } from '../../shared/status.ts'
import { idle } from '../api/fake-service.ts'
import { createFakeClock } from '../support/fake-clock.ts'

/** A publisher of a service whose facts are the test's. */
function publish() {
  const facts = { emails: 0, uptime: 0 }
  const publisher = createPublisher(createFakeClock(), (revision) => ({
    ...idle,
    revision,
    total_emails_synced: facts.emails,
    uptime_seconds: facts.uptime,
  }))
  onTestFinished(publisher.close)
  const told: Snapshot[] = []
  publisher.subscribe((snapshot) => told.push(snapshot))
  return { facts, publisher, told }
}

it('what is asked for between two announcements has a number of its own when it says something else', () => {
  const { facts, publisher, told } = publish()
  facts.emails = 5
  const asked = publisher.current()
  expect(asked.total_emails_synced).toBe(5)
  expect(asked.revision).toBeGreaterThan(told.at(-1)!.revision)
  publisher.changed()
  expect(told.at(-1)!.revision).toBeGreaterThan(asked.revision)
})

it('time that goes by makes no new number, and is told all the same', () => {
  const { facts, publisher, told } = publish()
  facts.uptime = 9
  expect(publisher.current()).toMatchObject({ revision: told.at(-1)!.revision, uptime_seconds: 9 })
  expect(publisher.current().revision).toBe(publisher.current().revision)
})
