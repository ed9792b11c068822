/** The head of a mail as it stands in a mailbox: what servers wrote above what the sender wrote. */
import type { Random } from '../random.ts'
import { noise } from './encode.ts'

/** What a mail is about, before its body is written. */
export interface Cover {
  readonly from: string
  readonly to: string
  /** Addresses alone, for the lines that servers write. */
  readonly sender: string
  readonly receiver: string
  readonly domain: string
  readonly subject: string | null
  readonly date: Date
  readonly zone: string
  readonly messageId: string
  readonly references: readonly string[]
  /** Sent or drafted by the owner: no server has touched it. */
  readonly own: boolean
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')

/** A date as RFC 5322 has it, in a zone such as '+0530'. */
export function mailDate(date: Date, zone: string): string {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))
  const local = new Date(date.getTime() + (zone.startsWith('-') ? -minutes : minutes) * 60_000)
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  const day = `${DAYS[local.getUTCDay()]}, ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`
  return `${day} ${time} ${zone}`
}

const token = (random: Random, bytes: number): string => noise(random, bytes).toString('base64').replaceAll('=', '')

/** Folds a long signature as signers do. */
const folded = (text: string): string => text.replaceAll(/(.{70})/g, '$1\r\n         ')

function serverLines(random: Random, cover: Cover): string[] {
  const at = mailDate(cover.date, '-0700')
  const seconds = Math.floor(cover.date.getTime() / 1_000)
  const id = random.int(0xffff).toString(16)
  return [
    `Delivered-To: ${cover.receiver}`,
    `Received: by 2002:a05:6a10:${id}:b0:${id}:0:0 with SMTP id x${random.int(99)}csp${random.int(9_999_999)}pxb;\r\n        ${at} (PDT)`,
    `X-Received: by 2002:a17:906:${id}:: with SMTP id ab${random.int(99)}mr${random.int(99_999_999)}ejc.${random.int(999)}.${seconds};\r\n        ${at} (PDT)`,
    `ARC-Seal: i=1; a=rsa-sha256; t=${seconds}; cv=none;\r\n        d=google.com; s=arc-20160816;\r\n        b=${folded(token(random, 192))}`,
    `ARC-Authentication-Results: i=1; mx.google.com;\r\n       dkim=pass header.i=@${cover.domain} header.s=s1;\r\n       spf=pass smtp.mailfrom=${cover.sender};\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=${cover.domain}`,
    `Return-Path: <${cover.sender}>`,
    `Received: from mx${random.int(20)}.${cover.domain} (mx.${cover.domain}. [192.0.2.${random.int(255)}])\r\n        by mx.google.com with ESMTPS id h${random.int(99)}si${random.int(9_999_999)}\r\n        for <${cover.receiver}>\r\n        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\r\n        ${at} (PDT)`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${cover.domain}; s=s1;\r\n        h=from:to:subject:date:message-id:mime-version; bh=${token(random, 32)};\r\n        b=${folded(token(random, 128))}`,
  ]
}

/** The lines of the head, without those that describe the content. Raw bytes above 127 stand as Latin-1 characters. */
export function headLines(random: Random, cover: Cover): string[] {
  return [
    ...(cover.own ? [] : serverLines(random, cover)),
    'MIME-Version: 1.0',
    `From: ${cover.from}`,
    `To: ${cover.to}`,
    ...(cover.subject === null ? [] : [`Subject: ${cover.subject}`]),
    `Date: ${mailDate(cover.date, cover.zone)}`,
    `Message-ID: ${cover.messageId}`,
    ...(cover.references.length === 0
      ? []
      : [`In-Reply-To: ${cover.references.at(-1)}`, `References: ${cover.references.join('\r\n ')}`]),
  ]
}
