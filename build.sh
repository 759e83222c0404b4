#!/usr/bin/env bash
# The one gate.
#   ./build.sh         restore, check format, build, test
#   ./build.sh test    install what the tests need (Debian), build, test
#   ./build.sh cover   test with a coverage report in coverage/
#   ./build.sh bench   run the benchmarks (arguments are passed on)
#   ./build.sh faults  the long tests of faults, about an hour; a report in bench/results/
#   ./build.sh audit   are the packages those of deploy/locks, and is any known to be vulnerable? AUDIT_SOURCE names who knows
#   ./build.sh lock    write deploy/locks after a change of packages
#   ./build.sh sbom    what the programs are made of, as CycloneDX, in sbom.json
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# The tests start hundreds of programs that live for seconds, and compilation is half of what these cost: without what makes compiled
# code faster in the long run, or harder to overwrite, a start costs a third less. Hexadecimal: 2,000 ms without new code come before
# code is compiled anew.
short_lived() {
  export DOTNET_EnableWriteXorExecute=0 DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=7D0
  export JAVA_TOOL_OPTIONS=${JAVA_TOOL_OPTIONS:--XX:TieredStopAtLevel=1}
}

step() { printf '\n== %s\n' "$*"; }

# Debian packages that the tests use. Only what is missing is installed; without the right to, the tests that
# need it say so themselves.
install() {
  local missing=()
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v strace >/dev/null || missing+=(strace)
  command -v curl >/dev/null || missing+=(curl)
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v java >/dev/null || missing+=(openjdk-17-jre-headless)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v redis-cli >/dev/null || missing+=(redis-tools)
  command -v rabbitmq-server >/dev/null || [[ -x /usr/sbin/rabbitmq-server ]] || missing+=(rabbitmq-server)
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
  [[ ${#missing[@]} -eq 0 ]] && return
  step "install ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    echo "apt-get is not here; install these by hand: ${missing[*]}" >&2
  elif [[ $(id -u) -eq 0 ]]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "not allowed to install: ${missing[*]}" >&2
  fi
}

need_dotnet() {
  command -v dotnet >/dev/null && return
  echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2
  exit 1
}

restore() { step restore; dotnet restore; }
format() { step format; dotnet format whitespace --verify-no-changes --no-restore; }
build() { step build; dotnet build --no-restore; }

# Runs the tests and beside them the collection, keeps their result file, and ends with the plain line that counts them.
run_tests() {
  rm -rf TestResults
  mkdir TestResults
  local failed=0 postman_result
  # Its status goes by a file: in a long run its number may be another process's by the time that it is waited for.
  { run_postman >TestResults/postman.log 2>&1 && echo 0 || echo $?; } >TestResults/postman.status &
  step test
  dotnet test --no-build --logger "trx;LogFileName=tests.trx" --results-directory TestResults "$@" || failed=1
  # Not where a part of the tests was asked for.
  [[ $# -gt 0 ]] || check_suites "${suites[@]}" || failed=1
  wait
  local status
  status=$(<TestResults/postman.status)
  cat TestResults/postman.log
  case $status in
    0) postman_result=passed ;;
    "$skips") postman_result=skipped ;;
    *) postman_result=failed failed=1 ;;
  esac
  count || failed=1
  return $failed
}

# The Postman collection against the real program. Skipped, and said to be, where npm is not to be had; CI has it.
skips=77
run_postman() {
  step postman
  if command -v npm >/dev/null; then
    postman/run.sh || return 1
  elif [[ ${CI:-} == true ]]; then
    echo "npm is missing"
    return 1
  else
    echo "skipped: npm is missing"
    return $skips
  fi
}

# One contract suite for each adapter, and the cluster: in CI each of them must have run. Those with faults come first: they are
# what the long version must have run, too.
fault_suites=(
  InProcessLogTests KafkaLogTests RabbitMqLogTests
  KafkaTimersLogTests KafkaDevicesLogTests KafkaSitesLogTests KafkaRevenueLogTests KafkaItemsLogTests
  SqliteFileTimerStoreTests MongoTimerStoreTests
  KillTests KillRoundsTests StoppingTests ControlTests DeliveryTests IdempotencyTests TarpitTests DiskTests WrongClockTests ClockStepTests
  DescriptorTests MemoryTests SilentDnsTests DamageRoundsTests DamageWhileRunningTests
  ClusterTests ClusterKillTests ClusterLinesTests ThreeBrokersTests RabbitMqClusterTests RedisOutageTests PlantedBugTests
)
suites=(
  "${fault_suites[@]}" SqliteFileDueTimersTests MongoDueTimersTests SqliteDeadLetterStoreTests MongoDeadLetterStoreTests
  ClusterTenantsTests KafkaTopicTests KafkaRebalanceTests
  InProcessCacheTests RedisCacheTests InProcessFeedTests RedisFeedTests
)
check_suites() {
  [[ ${CI:-} == true ]] || return 0
  local ran suite missing=0
  # The results name a test's id and outcome, the definitions its id and class.
  ran=$(awk '
    function value(name,  at, rest) { at = index($0, " " name "=\""); if (!at) return ""; rest = substr($0, at + length(name) + 3); return substr(rest, 1, index(rest, "\"") - 1) }
    /<UnitTestResult / { outcome[value("testId")] = value("outcome") }
    /<UnitTest / { id = value("id") }
    /<TestMethod / { class[id] = value("className") }
    END { for (id in class) if (outcome[id] == "Passed") { sub(/,.*/, "", class[id]); sub(/.*[.]/, "", class[id]); print class[id] } }
  ' TestResults/tests.trx | sort -u)
  for suite; do
    grep -qx "$suite" <<<"$ran" || { echo "no test of $suite ran" >&2; missing=1; }
  done
  return $missing
}

# Tests of one outcome, where and why, once more: the end of a long log is what people read.
tell() { # outcome as the results name it, as we do, results
  awk -v outcome="$1" -v says="$2" '
    function value(name,  at, rest) { at = index($0, " " name "=\""); if (!at) return ""; rest = substr($0, at + length(name) + 3); return substr(rest, 1, index(rest, "\"") - 1) }
    # The results name a test by its id, the definitions after them its class: read twice.
    NR == FNR { if (/<UnitTest /) id = value("id"); if (/<TestMethod /) { name = value("className"); sub(/,.*/, "", name); sub(/.*[.]/, "", name); class[id] = name }; next }
    /<UnitTestResult / { told = value("outcome") == outcome; lines = 0; inside = 0; if (told) print says ": " class[value("testId")] "." value("testName") }
    told && /<Message>/ { inside = 1 }
    told && inside && lines < 12 { line = $0; gsub(/<\/?Message>/, "", line); print "  " line; lines++ }
    /<\/Message>/ { inside = 0 }
  ' "$3" "$3" | sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&apos;/'/g; s/&#xD;//g; s/&amp;/\&/g"
}

# In CI each test of faults has something to run on.
check_skipped() {
  [[ -s TestResults/tests.trx ]] || return 1
  tell NotExecuted skipped TestResults/tests.trx
  [[ ${CI:-} != true ]] || ! grep -q '<UnitTestResult .* outcome="NotExecuted"' TestResults/tests.trx
}

count() {
  local file=TestResults/tests.trx passed failed total skipped
  [[ -s $file ]] || { echo "0 passed, 1 failed"; return 1; }
  counter() { grep -o "<Counters [^>]*" "$file" | grep -o " $1=\"[0-9]*\"" | tr -dc 0-9; }
  total=$(counter total) passed=$(counter passed) failed=$(counter failed)
  skipped=$((total - passed - failed))
  case $postman_result in
    passed) passed=$((passed + 1)) ;;
    failed) failed=$((failed + 1)) ;;
    skipped) skipped=$((skipped + 1)) ;;
  esac
  echo
  tell Failed failed "$file"
  echo "$passed passed, $failed failed, $skipped skipped"
  [[ $failed -eq 0 && $passed -gt 0 ]]
}

# The projects' files alone, in a folder of their own: to restore them otherwise than builds do leaves what builds have restored.
copied=
trap '[[ -z $copied ]] || rm -rf "$copied"' EXIT
copy_projects() {
  copied=$(mktemp -d)
  find . \( -name bin -o -name obj -o -name node_modules -o -name .git -o -name data \) -prune -o -type f \
    \( -name '*.csproj' -o -name '*.props' -o -name '*.sln' -o -name global.json -o -name dotnet-tools.json -o -path './deploy/locks/*' \) \
    -print0 | tar --null -cf - -T - | tar -xf - -C "$copied"
}

# Who is asked for advisories: AUDIT_SOURCE, or every source that packages come from. A source that has none fails the audit, which would
# else find nothing and say that all is well.
write_audit_sources() {
  local name='' line
  escape() { sed 's/&/\&amp;/g; s/"/\&quot;/g; s/</\&lt;/g' <<<"$1"; }
  insecure() { [[ $1 != http://* ]] || printf ' allowInsecureConnections="true"'; }
  echo '<configuration><auditSources><clear />'
  if [[ -n ${AUDIT_SOURCE:-} ]]; then
    printf '<add key="audit" value="%s"%s />\n' "$(escape "$AUDIT_SOURCE")" "$(insecure "$AUDIT_SOURCE")"
  else
    # "  1.  name [Enabled]", and on the next line where it is.
    while IFS= read -r line; do
      if [[ $line =~ ^\ *[0-9]+\.\ +(.*)\ \[Enabled\]$ ]]; then
        name=${BASH_REMATCH[1]}
      elif [[ -n $name ]]; then
        line=${line#"${line%%[! ]*}"}
        printf '<add key="%s" value="%s"%s />\n' "$(escape "$name")" "$(escape "$line")" "$(insecure "$line")"
        name=
      fi
    done < <(dotnet nuget list source --format Detailed)
  fi
  echo '</auditSources></configuration>'
}

audit() { # a project; all of them without
  step "locked restore"
  if ! (cd "$copied" && dotnet restore "$@" -p:LockedRestore=true --locked-mode); then
    echo "The packages are not those of deploy/locks. If that is meant: ./build.sh lock" >&2
    return 1
  fi
  step "advisories"
  write_audit_sources >"$copied/nuget.config"
  if ! (cd "$copied" && dotnet restore "$@" --force -p:NuGetAudit=true -p:NuGetAuditMode=all -p:NuGetAuditLevel=low); then
    echo "Above is what is known of the packages, or why nothing is." >&2
    return 1
  fi
  echo "No package is known to be vulnerable."
}

need_dotnet
case ${1:-} in
  "") short_lived; install; restore; format; build; run_tests ;;
  test) shift; short_lived; install; restore; build; run_tests "$@" ;;
  cover)
    install; restore; build
    rm -rf coverage
    dotnet test --no-build --collect "XPlat Code Coverage" --results-directory coverage \
      -- DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.Exclude="[Tests]*,[Bench]*"
    awk -F'"' '/<coverage /{for(i=1;i<NF;i++){if($i~/line-rate=$/)l=$(i+1);if($i~/branch-rate=$/)b=$(i+1)};printf "lines %.1f %%, branches %.1f %%\n",l*100,b*100;exit}' coverage/*/coverage.cobertura.xml
    ;;
  audit) shift; copy_projects; audit "$@" ;;
  lock)
    copy_projects
    (cd "$copied" && dotnet restore -p:LockedRestore=true --force-evaluate)
    rm -rf deploy/locks
    cp -r "$copied/deploy/locks" deploy/locks
    ;;
  sbom)
    copy_projects
    version=$(sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' Directory.Build.props)
    # Of what is shipped: no tests and benchmarks. What only builds use has the scope "excluded".
    (cd "$copied" && dotnet sln Timers.sln remove bench tests && dotnet restore && dotnet tool restore \
      && dotnet CycloneDX Timers.sln --disable-package-restore --output-format Json --output . --filename sbom.json \
        --set-name Timers --set-version "$version" --set-type Application)
    cp "$copied/sbom.json" "${2:-sbom.json}"
    ;;
  bench) shift; dotnet run -c Release --project bench -- "$@" ;;
  faults)
    short_lived; install; restore; build
    step faults
    export TEST_FAULT_ROUNDS=${TEST_FAULT_ROUNDS:-100} TEST_OUTAGE_SECONDS=${TEST_OUTAGE_SECONDS:-120}
    export TEST_FAULT_REPORT=$PWD/bench/results/$(date +%F)-faults.md
    rm -rf TestResults
    failed=0 postman_result="not among them"
    dotnet test --no-build --filter TestCategory=Fault --logger "trx;LogFileName=tests.trx" --results-directory TestResults || failed=1
    check_suites "${fault_suites[@]}" || failed=1
    check_skipped || failed=1
    count || failed=1
    [[ -f $TEST_FAULT_REPORT ]] && echo "report: $TEST_FAULT_REPORT"
    exit $failed
    ;;
  *) sed -n '2,11p' "$0"; exit 2 ;;
esac
