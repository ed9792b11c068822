import { expect, it } from 'vitest'
import { batch, fill, part, simulated } from './simulated.ts'

it('answers each call of a batch by its content id, errors beside answers', async () => {
  const made = await simulated()
  fill(made.mailbox, 2)
  const [first] = made.mailbox.messages()
  const { status, parts } = await batch(made, [
    `/gmail/v1/users/me/messages/${first?.id}?format=minimal`,
    '/gmail/v1/users/me/messages/123?format=minimal',
    '/gmail/v1/users/me/profile',
  ])
  expect(status).toBe(200)
  expect(parts.map(({ id, status: each }) => [id, each])).toEqual([
    ['item-0', 200],
    ['item-1', 404],
    ['item-2', 200],
  ])
  expect(parts[0]?.json.id).toBe(first?.id)
  expect(made.simulator.stats()).toMatchObject({
    requests: 1,
    batchParts: 3,
    byMethod: { 'messages.get': 2, getProfile: 1 },
  })
})

it('refuses more than 100 calls in one batch', async () => {
  const made = await simulated()
  const profile = '/gmail/v1/users/me/profile'
  expect(
    (
      await batch(
        made,
        Array.from({ length: 100 }, () => profile),
      )
    ).parts,
  ).toHaveLength(100)
  const answer = await made.fetchApi('batch/gmail/v1', {
    method: 'POST',
    headers: { 'content-type': 'multipart/mixed; boundary=B' },
    body: `${Array.from({ length: 101 }, (_, at) => part(profile, String(at))).join('')}--B--\r\n`,
  })
  expect(answer.status).toBe(400)
})

it('runs the calls of a batch at once, so that some fail with 429 inside the 200', async () => {
  const made = await simulated({ dials: { maxConcurrent: 10 } })
  const { status, parts } = await batch(
    made,
    Array.from({ length: 25 }, () => '/gmail/v1/users/me/profile'),
  )
  expect(status).toBe(200)
  expect(parts.filter((each) => each.status === 200)).toHaveLength(10)
  expect(parts.filter((each) => each.status === 429)).toHaveLength(15)
  expect((await batch(made, ['/gmail/v1/users/me/profile'])).parts[0]?.status).toBe(200)
})

it('charges each call of a batch', async () => {
  const made = await simulated({ dials: { quota: 'new' } })
  await batch(made, ['/gmail/v1/users/me/profile', '/gmail/v1/users/me/messages'])
  expect(made.simulator.stats().units).toBe(6)
})
