/**
 * For bash alone, without the bash-completion package that the script of @bomb.sh/tab needs (macOS and small images lack it), without
 * evaluating what stands on the line, and with names of files where a file is asked for.
 */
export const bashScript = `# bash completion for docket

__docket_complete() {
    local words=() word line directive=0
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
        # bash takes --flag=value for three words
        if [[ $word == '=' || ( \${#words[@]} -gt 0 && \${words[\${#words[@]}-1]} == --*= ) ]]; then
            words[\${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
    done

    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :*) directive=\${line#:} ;;
            *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
        esac
    done < <(docket complete -- "\${words[@]}" 2>/dev/null)

    if (( (directive & 4) == 0 && \${#COMPREPLY[@]} == 0 )); then
        compopt -o default 2>/dev/null
    fi
}

complete -F __docket_complete docket
`;
