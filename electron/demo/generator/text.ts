/** Sentences, letters and pages in a language. */
import { createRandom, type Random } from '../random.ts'
import { english, type Language, languages } from './languages.ts'

const POOL = 160
const pools = new Map<Language, readonly string[]>()

/** Sentences are made once per language and then picked: a mailbox of 50,000 mails is written in seconds. */
function pool(language: Language): readonly string[] {
  const known = pools.get(language)
  if (known !== undefined) return known
  const random = createRandom('sentences', language.code)
  const made = Array.from({ length: POOL }, () => {
    const text = Array.from({ length: 5 + random.int(13) }, () => random.pick(language.words)).join(language.space)
    return text.charAt(0).toUpperCase() + text.slice(1) + language.stop
  })
  pools.set(language, made)
  return made
}

export const sentence = (random: Random, language: Language): string => random.pick(pool(language))

export function paragraph(random: Random, language: Language, sentences: number, between = language.space): string {
  return Array.from({ length: sentences }, () => sentence(random, language)).join(between)
}

/** Paragraphs of a letter, a line for each sentence, LF between lines. */
export function letter(random: Random, language: Language, paragraphs: number): string {
  const made = Array.from({ length: paragraphs }, () => paragraph(random, language, 3 + random.int(6), '\n'))
  return made.join('\n\n')
}

export function subjectText(random: Random, language: Language): string {
  const text = Array.from({ length: 2 + random.int(5) }, () => random.pick(language.words)).join(language.space)
  const emoji = random.chance(0.08) ? ` ${random.pick(['🎉', '✅', '🚀', '📦', '❤️'])}` : ''
  return text.charAt(0).toUpperCase() + text.slice(1) + emoji
}

/** Most mail is in English; the rest is spread over the others. */
export function pickLanguage(random: Random): Language {
  return random.chance(0.62) ? english : random.pick(languages)
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** What a person's mail program makes of a letter. */
export function htmlLetter(text: string): string {
  const body = text
    .split('\n\n')
    .map((part) => `<div dir="auto">${escapeHtml(part).replaceAll('\n', '<br>\n')}</div>\n<div><br></div>`)
  return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>\n${body.join('\n')}\n</body></html>\n`
}

/** A newsletter: nested tables, styles, tracking links, little text. */
export function htmlPage(random: Random, language: Language, blocks: number): string {
  const style =
    '.c{font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:21px;color:#333333;padding:0 24px}\n'
  const made = Array.from({ length: blocks }, (_, at) => {
    const track = `${random.int(0x7fffffff).toString(36)}${random.int(0x7fffffff).toString(36)}`
    const link = `https://news.example.com/click/${track}?utm_source=newsletter&amp;utm_medium=email&amp;item=${at}`
    return `<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse"><tr><td class="c" align="left" style="font-size:14px;color:#333333"><a href="${link}"><img src="https://img.example.com/${at}.png" width="600" height="${200 + random.int(80)}" alt="${escapeHtml(random.pick(language.words))}"></a><h2>${escapeHtml(subjectText(random, language))}</h2><p>${escapeHtml(paragraph(random, language, 2 + random.int(3)))}</p></td></tr></table>\n`
  })
  return `<!DOCTYPE html><html lang="${language.code}"><head><meta charset="utf-8"><title>News</title><style>${style.repeat(6 + random.int(10))}</style></head><body bgcolor="#f4f4f4">\n${made.join('')}<img src="https://news.example.com/open/${random.int(1e9)}.gif" width="1" height="1" alt=""></body></html>\n`
}
