import { places, spellings } from './words.ts'

/** Completion for bash 3.2 and newer. */
export function bashCompletion(): string {
  const all = places()
  const known = all.filter(({ words }) => words !== '').map(({ words }) => `"${words}"`)
  const values = all.flatMap(({ words, options }) =>
    options
      .filter(({ value }) => value !== undefined)
      .map((option) => {
        const at = spellings(option).map((each) => `"${words} ${each}"`)
        const offer =
          option.choices === undefined ? '' : ` COMPREPLY=($(compgen -W "${option.choices.join(' ')}" -- "$cur"));`
        return `    ${at.join(' | ')})${offer} return ;;`
      }),
  )
  const follow = all.map(({ words, commands, options, argument }) => {
    const offered = [
      ...commands.map(({ word }) => word),
      ...(argument === 'file' ? [] : argument),
      ...options.flatMap(spellings),
    ]
    const files = argument === 'file' ? ` local IFS=$'\\n'; COMPREPLY+=($(compgen -f -- "$cur"));` : ''
    return `    "${words}") COMPREPLY=($(compgen -W "${offered.join(' ')}" -- "$cur"));${files} ;;`
  })
  return `# Completion of mailtide for bash: eval "$(mailtide completion bash)"
_mailtide() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" verb="" i
  # bash takes --option=value apart.
  if [ "$prev" = "=" ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [ "$cur" = "=" ]; then cur=""; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${verb:+$verb }\${COMP_WORDS[i]}" in
      ${known.join(' | ')}) verb="\${verb:+$verb }\${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$verb $prev" in
${values.join('\n')}
  esac
  case "$verb" in
${follow.join('\n')}
  esac
}
complete -o filenames -F _mailtide mailtide
`
}
