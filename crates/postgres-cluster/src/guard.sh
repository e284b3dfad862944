# Makes a folder, does what it is told there, one command per line, and answers each with its status. When nobody is
# left to tell it anything, it kills what works in the folder's "data" and removes everything.
folder=$(mktemp -d "${TMPDIR:-/tmp}/voronka-postgres-XXXXXX") && cd "$folder" || exit
echo "$folder"
# Clients look there for certificates and passwords, and must not find those of the test's user.
export HOME="$folder"
exec 2>/dev/null
# An answer to a test that is gone must not end the guard before it has cleaned up.
trap : PIPE

# The processes that work in "data": the server and its children. Numbers from a file could belong to somebody else by now.
workers() {
    for process in /proc/[0-9]*; do
        [ "$process/cwd" -ef data ] && echo "${process#/proc/}"
    done
}

pause() {
    # Some may be gone before they are stopped. The second time finds what the server started before it stopped.
    kill -STOP $(workers) 2>/dev/null
    kill -STOP $(workers)
}

resume() {
    kill -CONT $(workers)
}

kill_all() {
    while killed=$(workers); [ "$killed" ]; do
        kill -KILL $killed
        sleep 0.01
    done
    # A killed server leaves its shared memory to the system.
    memory=$(sed -n 7p data/postmaster.pid) && ipcrm -m "${memory##* }"
    rm -f data/postmaster.pid
}

while IFS= read -r command; do
    (eval "$command") </dev/null >output 2>&1
    echo $?
done
kill_all
cd / && rm -rf "$folder"
