import { AppError } from '../../../shared/errors.ts'

export interface Label {
  readonly id: string
  name: string
  readonly type: 'system' | 'user'
}

const systemIds = [
  'CHAT',
  'SENT',
  'INBOX',
  'IMPORTANT',
  'TRASH',
  'DRAFT',
  'SPAM',
  'CATEGORY_FORUMS',
  'CATEGORY_UPDATES',
  'CATEGORY_PERSONAL',
  'CATEGORY_PROMOTIONS',
  'CATEGORY_SOCIAL',
  'YELLOW_STAR',
  'STARRED',
  'UNREAD',
]

export interface Labels {
  all(): Label[]
  get(id: string): Label | undefined
  create(name: string): string
  rename(id: string, name: string): void
  remove(id: string): void
}

/** The labels of a mailbox: Gmail's own, which stay, and the person's. Names are unique without regard to case. */
export function createLabels(): Labels {
  const labels = new Map<string, Label>(systemIds.map((id) => [id, { id, name: id, type: 'system' }]))
  let next = 1
  const free = (name: string): void => {
    const taken = [...labels.values()].some((label) => label.name.toLowerCase() === name.toLowerCase())
    if (taken) throw new AppError('conflict', 'Label name exists or conflicts', { remedy: 'Choose another name' })
  }
  const userLabel = (id: string): Label => {
    const label = labels.get(id)
    if (label?.type !== 'user') throw new AppError('not_found', `The simulated mailbox has no user label ${id}`)
    return label
  }
  return {
    all: () => [...labels.values()],
    get: (id) => labels.get(id),
    create(name) {
      free(name)
      const id = `Label_${next++}`
      labels.set(id, { id, name, type: 'user' })
      return id
    },
    rename(id, name) {
      const label = userLabel(id)
      if (label.name === name) return
      free(name)
      label.name = name
    },
    remove(id) {
      userLabel(id)
      labels.delete(id)
    },
  }
}
