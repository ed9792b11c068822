import { type AddressObject, simpleParser } from 'mailparser'
import { type Opinion, sha256 } from './oracle.ts'

function people(field: AddressObject | AddressObject[] | undefined): [string, string][] {
  const objects = field === undefined ? [] : Array.isArray(field) ? field : [field]
  return objects
    .flatMap(({ value }) => value)
    .flatMap((entry) => entry.group ?? [entry])
    .map(({ name, address }) => [name, address ?? ''])
}

/** What mailparser says, or null when it fails, or does not end within two seconds (it can hang for ever). */
export async function mailparserOpinion(mail: Buffer): Promise<Opinion | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), 2_000)
  })
  const parsed = simpleParser(mail, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true }).catch(
    () => null,
  )
  const message = await Promise.race([parsed, late])
  clearTimeout(timer)
  if (message === null) return null
  return {
    subject: message.subject ?? '',
    from: people(message.from),
    to: people(message.to),
    date: message.date?.getTime() ?? null,
    texts: message.text === undefined ? [] : [message.text],
    attachments: message.attachments
      .filter(({ contentType }) => !contentType.startsWith('message/'))
      .map(({ content }) => [content.length, sha256(content)]),
  }
}
