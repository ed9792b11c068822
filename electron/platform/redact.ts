const HIDDEN = '[redacted]'

/** Secrets that give themselves away by their shape, wherever they stand. */
const shapes: readonly RegExp[] = [
  /\bya29\.[\w.~+/-]+=*/g, // Google access token
  /\b1\/\/[\w-]{10,}/g, // Google refresh token
  /\b4\/[\w-]{20,}/g, // Google authorization code
  /\bGOCSPX-[\w-]+/g, // Google client secret
  /\bAIza[\w-]{20,}/g, // Google API key
  /\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, // JSON web token
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
]

const secretNames =
  'refresh_?token|access_?token|id_?token|api_?token|api_?key|client_?secret|code_?verifier|authorization|assertion|password|passwd|passphrase|private_?key'

/** `name=value`, `name: value`, `"name":"value"` and `\"name\":\"value\"`, with the value up to its end. */
const named = new RegExp(
  `((?:${secretNames})\\\\*["']?\\s*[:=](?![\\\\\\s]*\\[redacted\\])\\s*\\\\*)(?:"(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|(?:Bearer\\s+|Basic\\s+)?[^\\s"'&,;}\\]]+)`,
  'gi',
)
const scheme = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi
/** `?code=…` of an OAuth redirect: too common a word to hide elsewhere. */
const codeParameter = /([?&]code=)[^&\s"']+/g
/**
 * The password in `scheme://user:password@host`, though it holds what should have been escaped; not a port before a path. The scheme's length
 * is bounded, or a long line of dots costs its square.
 */
const urlPassword = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*:)(?!\d{1,5}(?:[/?#\s]|$))(?!\[redacted\])\S+(?=@)/gi

/**
 * Takes secrets out of a text before it is written anywhere: known ones given in `secrets`, Google's by their shape, and
 * any value that stands behind a telling name.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) {
    if (secret.length >= 8) clean = clean.replaceAll(secret, HIDDEN)
  }
  for (const shape of shapes) clean = clean.replaceAll(shape, HIDDEN)
  return clean
    .replaceAll(named, `$1${HIDDEN}`)
    .replaceAll(scheme, `$1 ${HIDDEN}`)
    .replaceAll(codeParameter, `$1${HIDDEN}`)
    .replaceAll(urlPassword, `$1${HIDDEN}`)
}
