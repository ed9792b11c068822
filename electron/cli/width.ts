/** Letters, syllables and pictures that fill two cells of a terminal (Unicode's East Asian Width W and F, and emoji). */
const wide =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u
const picture = /^\p{Emoji_Presentation}|^\p{Extended_Pictographic}\ufe0f|^\p{Regional_Indicator}{2}/u
const nothing = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** How many cells of a terminal a text fills. */
export function displayWidth(text: string): number {
  // Nearly every text is of this kind, and counted at once.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let cells = 0
  for (const { segment } of graphemes.segment(text)) cells += cellsOf(segment)
  return cells
}

/** Cuts a text that is wider than `cells`, with a mark that it was cut. */
export function cutTo(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text
  let kept = ''
  let used = 1
  for (const { segment } of graphemes.segment(text)) {
    used += cellsOf(segment)
    if (used > cells) break
    kept += segment
  }
  return `${kept}…`
}

function cellsOf(grapheme: string): number {
  if (nothing.test(grapheme)) return 0
  return wide.test(grapheme) || picture.test(grapheme) ? 2 : 1
}
