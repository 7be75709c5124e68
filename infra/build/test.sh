#!/usr/bin/env bash
# Runs tests: `test.sh [word…] [--strict]`.
#   word      only tests whose project or class name contains one of the words, ignoring case
#   --strict  a test skipped for a missing tool fails the run
# Ends with "N passed, N failed, N skipped", counted from the test hosts' reports. Exits non-zero for a failed test, a test host that
# crashed or hung, and a run without a single test.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/environment.sh"

missing_tool='missing tool: ' # IMDD.Testing.ToolRequirement.Marker
jobs=${IMDD_TEST_JOBS:-2}
limit=${IMDD_TEST_TIMEOUT:-600} # seconds a project may take

strict=''
words=()
for argument in "$@"; do
  case $argument in
    --strict) strict=yes ;;
    -*) die "test takes words and --strict, not '$argument'" ;;
    *) words+=("${argument,,}") ;;
  esac
done

contains_a_word() {
  local word
  for word in "${words[@]}"; do
    if [[ ${1,,} == *"$word"* ]]; then return 0; fi
  done
  return 1
}

# Prints a project's filter: nothing for the whole project; fails where no class of it is meant.
class_filter() {
  local project=$1 file
  local -a classes=()
  if ((${#words[@]} == 0)) || contains_a_word "$project"; then return 0; fi
  while IFS= read -r file; do
    file=${file##*/}
    if contains_a_word "${file%.cs}"; then classes+=(--filter-class "*.${file%.cs}"); fi
  done < <(find "$IMDD_ROOT/tests/$project" -name '*Tests.cs')
  ((${#classes[@]})) || return 1
  printf '%s\n' "${classes[@]}"
}

"$IMDD_ROOT/infra/build/setup.sh" tests

projects=()
for folder in "$IMDD_ROOT"/tests/*.Tests/; do
  project=${folder%/}
  project=${project##*/}
  if class_filter "$project" >/dev/null && [[ -n $(find "$folder" -name '*Tests.cs' -print -quit) ]]; then projects+=("$project"); fi
done
((${#projects[@]})) || die "no test's project or class name contains: ${words[*]}"

if ((${#words[@]})); then
  targets=()
  for project in "${projects[@]}"; do targets+=("tests/$project/$project.csproj"); done
else
  targets=(IMDD.Pipeline.sln)
fi
for target in "${targets[@]}"; do
  if ! "$IMDD_ROOT/infra/build/build.sh" "$target"; then
    echo '0 passed, 0 failed, 0 skipped'
    exit 1
  fi
done

results=$IMDD_ARTIFACTS/test-results
rm -rf "$results"
mkdir -p "$results"

run_project() {
  local project=$1 status=0 begin=$SECONDS
  local -a filter=()
  mapfile -t filter < <(class_filter "$project")
  timeout --kill-after=15 "$limit" "$IMDD_ARTIFACTS/bin/$project/$IMDD_PIVOT/$project" \
    --results-directory "$results" --report-xunit-xml --report-xunit-xml-filename "$project.xml" --progress off --ansi off "${filter[@]}" \
    >"$results/$project.log" 2>&1 </dev/null || status=$?
  printf '%s %s\n' "$status" "$((SECONDS - begin))" >"$results/$project.status"
  say "$project ended after $((SECONDS - begin)) s"
}

say "running ${#projects[@]} test project(s), $jobs at a time"
for project in "${projects[@]}"; do
  while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
  run_project "$project" &
done
wait

passed=0 failed=0 skipped=0 tool_skips=0
for project in "${projects[@]}"; do
  read -r status seconds <"$results/$project.status"
  report=$results/$project.xml log=$results/$project.log
  counts='' problem=''
  if [[ -s $report ]]; then
    # One <assembly … > line holds the sums; attributes in no promised order.
    counts=$(awk '
      function attribute(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
      BEGIN { RS = ">" }
      /<assembly / { p += attribute("passed"); f += attribute("failed") + attribute("errors"); s += attribute("skipped") + attribute("not-run") }
      END { printf "%d %d %d", p, f, s }' "$report")
  fi
  read -r p f s <<<"${counts:-0 0 0}"
  case $status in
    0 | 8) ;; # 8: no test was run
    2) if ((f == 0)); then problem='reported failures, but its report holds none'; fi ;;
    124 | 137) problem="did not end within $limit s" ;;
    *) problem="ended with exit code $status" ;;
  esac
  if [[ -z $counts && -z $problem && $status != 8 ]]; then problem='wrote no report'; fi
  if [[ $problem ]]; then f=$((f + 1)); fi
  printf '%-36s %4d passed, %d failed, %d skipped, %d s\n' "$project" "$p" "$f" "$s" "$seconds"
  if ((f)); then
    # The test host's own words about each failed test; lines between are logs of the services under test.
    awk '/^([^ ]|  In process file artifacts)/ { on = /^failed / } on' "$log" | cut -c 1-400 | head -n 400 | sed 's/^/    /'
  fi
  if [[ $problem ]]; then
    printf '    %s %s; from its output:\n' "$project" "$problem"
    { grep -m 3 -A 4 -E '^(Unhandled exception|Process terminated|Fatal error)' "$log" || tail -n 25 "$log"; } | cut -c 1-400 | sed 's/^/      /'
  fi
  if ((s)) && [[ -s $report ]]; then
    skips=$(awk '
      BEGIN { RS = "<test " }
      / result="Skip"/ {
        name = match($0, /name="[^"]*"/) ? substr($0, RSTART + 6, RLENGTH - 7) : "?"
        reason = match($0, /<reason>.*<\/reason>/) ? substr($0, RSTART + 8, RLENGTH - 17) : "no reason given"
        sub(/^<!\[CDATA\[/, "", reason)
        sub(/\]\]>$/, "", reason)
        gsub(/[[:space:]]+/, " ", reason)
        print name ": " reason
      }' "$report")
    printf '%s\n' "$skips" | sed 's/^/    skipped /'
    tool_skips=$((tool_skips + $(grep -c ": $missing_tool" <<<"$skips" || true)))
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

exit_code=0
if ((failed)); then exit_code=1; fi
if ((passed + failed + skipped == 0)); then
  echo 'no test was run'
  exit_code=1
fi
if [[ $strict ]] && ((tool_skips)); then
  echo "--strict: $tool_skips test(s) skipped for a missing tool"
  exit_code=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$exit_code"
