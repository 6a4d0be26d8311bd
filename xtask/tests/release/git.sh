# The real git, with faults. A file in $base/git-faults has three lines: a pattern for the arguments, `before` or
# `after`, and shell text to run, which can end the call.

later=
for fault in "$base"/git-faults/*; do
    [ -f "$fault" ] || continue
    { IFS= read -r pattern; IFS= read -r time; IFS= read -r text; } <"$fault"
    # shellcheck disable=SC2254
    case $* in
    $pattern) if [ "$time" = before ]; then eval "$text"; else later="$later$text
"; fi ;;
    esac
done
[ -n "$later" ] || exec "$git" "$@"
"$git" "$@"
code=$?
eval "$later"
exit $code
