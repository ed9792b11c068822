/**
 * Branded identifiers: plain strings on the wire, never mixed up in code.
 *
 * `MessageId`, `ThreadId` and `LabelId` are Gmail's own. `AccountId` is ours: an account keeps it when its address
 * is renamed, and the raw store's folders are named by it.
 */
export type AccountId = string & { readonly __brand: 'AccountId' }
export type MessageId = string & { readonly __brand: 'MessageId' }
export type ThreadId = string & { readonly __brand: 'ThreadId' }
export type LabelId = string & { readonly __brand: 'LabelId' }

export const accountId = (text: string): AccountId => text as AccountId
export const messageId = (text: string): MessageId => text as MessageId
export const threadId = (text: string): ThreadId => text as ThreadId
export const labelId = (text: string): LabelId => text as LabelId
