/* command_test.c — src/command.c: the first line of what a program prints, and every way in which there is none. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"

static thr_buf out;
static int detail;

static thr_command_result run_within(double limit, const char *command) {
  thr_buf_wipe(&out);
  detail = -1;
  return thr_command_first_line(command, limit, &out, &detail);
}

static thr_command_result run(const char *command) { return run_within(0, command); }

static int is_line(const char *text) {
  return out.len == strlen(text) && memcmp(out.data, text, out.len) == 0;
}

static const char *seen;
static int hits;

/* Is what a freed block holds the secret still? */
static void look(const void *p) {
  if (memcmp(p, seen, strlen(seen)) == 0)
    hits++;
}

int main(void) {
  CASE("command: the first line, however it ends") {
    CHECK(run("echo secret") == THR_COMMAND_OK && is_line("secret"));
    CHECK(run("printf secret") == THR_COMMAND_OK && is_line("secret"));
    CHECK(run("printf 'secret\\r\\nuser: me\\n'") == THR_COMMAND_OK && is_line("secret"));
    CHECK(run("printf ' two words \\n'") == THR_COMMAND_OK && is_line(" two words "));
    CHECK(run("printf 'sec'; sleep 0.02; printf 'ret'; sleep 0.02; printf '\\nmore'") == THR_COMMAND_OK &&
          is_line("secret"));
  }
  CASE("command: whoever prints more than a line may end in peace") {
    CHECK(run("echo secret; exec head -c 300000 /dev/zero") == THR_COMMAND_OK && is_line("secret"));
  }
  CASE("command: a status, a signal, no output") {
    CHECK(run("echo secret; exit 3") == THR_COMMAND_EXITED && detail == 3 && out.len == 0);
    CHECK(run("exec 2>/dev/null; no-such-program-here") == THR_COMMAND_EXITED && detail == 127);
    CHECK(run("echo secret; kill -TERM $$") == THR_COMMAND_SIGNALLED && detail == SIGTERM && out.len == 0);
    CHECK(run("true") == THR_COMMAND_EMPTY && out.len == 0);
    CHECK(run("echo; echo secret") == THR_COMMAND_EMPTY && out.len == 0);
  }
  CASE("command: the longest line, and one byte more") {
    CHECK(run("head -c 65536 /dev/zero | tr '\\0' x") == THR_COMMAND_OK && out.len == THR_COMMAND_LONGEST);
    CHECK(run("head -c 65537 /dev/zero | tr '\\0' x") == THR_COMMAND_TOO_LONG && out.len == 0);
  }
  CASE("command: what is piped to us is left alone") {
    int ends[2], saved = dup(STDIN_FILENO);
    char left[8] = "";
    CHECK(pipe(ends) == 0 && write(ends[1], "mine", 4) == 4 && dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    CHECK(run("cat; echo nothing") == THR_COMMAND_OK && is_line("nothing"));
    CHECK(read(ends[0], left, sizeof left) == 4 && memcmp(left, "mine", 4) == 0);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(ends[0]);
    close(ends[1]);
  }
  CASE("command: a line that is thrown away is overwritten first") {
    seen = "secret";
    hits = 0;
    thr_free_watch(look);
    CHECK(run("echo secret; exit 1") == THR_COMMAND_EXITED);
    CHECK(run("echo secret") == THR_COMMAND_OK);
    thr_buf_wipe(&out);
    thr_free_watch(NULL);
    CHECK(hits == 0);
  }
  CASE("command: no memory, no descriptors") {
    struct rlimit limit, none;
    thr_buf_wipe(&out);
    thr_alloc_fail_at(1);
    CHECK(run("echo secret") == THR_COMMAND_FAILED && detail == ENOMEM);
    thr_alloc_fail_at(0);
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    none = limit;
    none.rlim_cur = 3;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    CHECK(run("echo secret") == THR_COMMAND_FAILED && detail == EMFILE);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  }
  CASE("command: in time, or ended with all that it has started") {
    char left[8] = "";
    int ends[2];
    CHECK(run_within(60, "echo secret") == THR_COMMAND_OK && is_line("secret"));
    CHECK(run_within(60, "echo secret; exit 3") == THR_COMMAND_EXITED && detail == 3);
    CHECK(run_within(0.02, "echo secret; exec sleep 100") == THR_COMMAND_LATE && out.len == 0);
    CHECK(run_within(0.02, "echo secret; exec sleep 100 >&2") == THR_COMMAND_LATE && out.len == 0);
    CHECK(run_within(0.02, "exec yes") == THR_COMMAND_LATE && out.len == 0);
    CHECK(run_within(0.02, "exec 2>/dev/null; trap : TERM; while :; do sleep 1; done") == THR_COMMAND_LATE);
    /* its own child holds the other end: the end comes when that one is gone, too */
    CHECK(pipe(ends) == 0 && fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0);
    CHECK(run_within(0.02, "sleep 100 & exit 0") == THR_COMMAND_LATE);
    close(ends[1]);
    CHECK(read(ends[0], left, sizeof left) == 0);
    close(ends[0]);
  }
  CASE("command: nothing stays open") {
    int before = dup(STDIN_FILENO), after;
    close(before);
    run("echo secret");
    run("exit 1");
    after = dup(STDIN_FILENO);
    close(after);
    CHECK(before == after);
  }
  CASE("command: a host program that forgets its children's statuses gets the line all the same") {
    signal(SIGCHLD, SIG_IGN);
    CHECK(run("echo secret") == THR_COMMAND_OK && is_line("secret"));
    signal(SIGCHLD, SIG_DFL);
  }
  thr_buf_wipe(&out);
  return check_done();
}
