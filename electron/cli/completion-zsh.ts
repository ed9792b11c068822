import { places, spellings } from './words.ts'

/** Completion for zsh, with what each word does. */
export function zshCompletion(): string {
  const all = places()
  const known = all.filter(({ words }) => words !== '').map(({ words }) => quote(words))
  const values = all.flatMap(({ words, options }) =>
    options
      .filter(({ value }) => value !== undefined)
      .map((option) => {
        const at = spellings(option).map((each) => quote(`${words} ${each}`))
        const offer = option.choices === undefined ? '' : ` compadd -- ${option.choices.join(' ')};`
        return `    ${at.join(' | ')})${offer} return ;;`
      }),
  )
  const follow = all.map(({ words, commands, options, argument }) => {
    const described = [
      ...commands.map(({ word, summary }) => item(word, summary)),
      ...options.flatMap((option) => spellings(option).map((each) => item(each, option.summary))),
    ]
    const plain = argument === 'file' ? '_files; ' : argument.length === 0 ? '' : `compadd -- ${argument.join(' ')}; `
    return `    ${quote(words)})\n      ${plain}offered=(\n        ${described.join('\n        ')}\n      ) ;;`
  })
  return `#compdef mailtide
# Completion of mailtide for zsh: eval "$(mailtide completion zsh)"
_mailtide() {
  local verb="" prev="$words[CURRENT-1]" each
  local -a offered
  for each in "\${(@)words[2,CURRENT-1]}"; do
    case "\${verb:+$verb }$each" in
      ${known.join(' | ')}) verb="\${verb:+$verb }$each" ;;
    esac
  done
  # --option=value is one word here.
  if [[ "$PREFIX" = --*=* ]]; then
    prev="\${PREFIX%%=*}"
    compset -P '*='
  fi
  case "$verb $prev" in
${values.join('\n')}
  esac
  case "$verb" in
${follow.join('\n')}
  esac
  _describe mailtide offered
}
if [ "$funcstack[1]" = "_mailtide" ]; then _mailtide "$@"; else compdef _mailtide mailtide; fi
`
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
/** What comes after a colon explains. */
const item = (word: string, summary: string): string => quote(`${word.replaceAll(':', '\\:')}:${summary}`)
