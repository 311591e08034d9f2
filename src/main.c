/* main.c — the thrivelua program: makes the Lua state, runs what the command line asks for, handles Ctrl-C.
** lua/thrive/cli.lua reads the arguments and decides; this file executes its steps, so that under a script there are the same
** C frames as under lua's, and tracebacks, levels and messages come out the same. Must not know anything of Thrive but the
** names of the modules. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "ending.h"
#include "modules.h"
#include "prompt.h"
#include "screen.h"
#include "state.h"

static const char *program = "thrivelua"; /* starts messages; NULL at the prompt */
static lua_State *running;                /* what a SIGINT has to stop; a handler has no other way to know */
static volatile sig_atomic_t interrupted; /* the SIGINT or SIGTERM that came during the current call, or 0 */
static int in_session;                    /* the prompt is a person's */
static struct timespec interrupted_at;    /* the Ctrl-C of the current call that counts, in a session */
static volatile sig_atomic_t insistent;   /* a later one: nothing in the current call may go on */
static int keep_sigterm;                  /* whoever started this program wants SIGTERM ignored */
static int raised_status = EXIT_FAILURE;  /* the exit status for what the last failed call raised */

/* ---- messages ---- */

static void print_message(const char *name, const char *text) {
  if (name != NULL)
    fprintf(stderr, "%s: ", name);
  fprintf(stderr, "%s\n", text != NULL ? text : "(null)");
  fflush(stderr);
}

/* Prints and pops the error message on the top, if status says that there is one. [-(0|1), +0, -] */
static int report(lua_State *L, int status) {
  if (status != LUA_OK) {
    if (in_session)
      thrL_prompt_tidy(L);
    print_message(program, lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  return status;
}

/* Makes one string of whatever was raised: with a traceback, unless the value says itself what it is; an error object of the
** module with the script's line. */
static int message_handler(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  raised_status = message != NULL ? EXIT_FAILURE : thrL_ending_code(L);
  if (message == NULL) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) {
      if (!in_session && thrL_ending_place(L)) { /* at the prompt everybody knows which line it was */
        lua_insert(L, -2);
        lua_concat(L, 2);
      }
      return 1;
    }
    message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  luaL_traceback(L, L, message, 1);
  return 1;
}

/* ---- Ctrl-C, and SIGTERM, which ends a run the same way: <close> variables run, nothing goes on ---- */

static void set_signals(void (*on_int)(int), void (*on_term)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_int; /* no SA_RESTART: what waits in the kernel has to come back */
  sigaction(SIGINT, &action, NULL);
  action.sa_handler = on_term;
  if (!keep_sigterm)
    sigaction(SIGTERM, &action, NULL);
}

static void raise_interrupt(lua_State *L, lua_Debug *where) {
  (void)where;
  if (!insistent)
    lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted!");
}

/* lua_sethook is the one function of Lua that a handler may call. The error is raised at the next instruction. A second
** signal ends the process at once. In a session, when what runs has had a second to end, it raises the error again and again, so
** that no pcall in a loop keeps it; and another one, a second later, ends the process. */
static void on_signal(int sig) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!in_session || sig != SIGINT) {
    set_signals(SIG_DFL, SIG_DFL);
  } else if (!interrupted) {
    interrupted_at = now;
  } else if (now.tv_sec - interrupted_at.tv_sec > 1 ||
             (now.tv_sec > interrupted_at.tv_sec && now.tv_nsec >= interrupted_at.tv_nsec)) {
    if (insistent) {
      set_signals(SIG_DFL, SIG_DFL);
      raise(sig);
    }
    insistent = 1;
    interrupted_at = now;
  }
  interrupted = sig;
  lua_sethook(running, raise_interrupt, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void ignore(int sig) { (void)sig; }

/* Between two calls: a Ctrl-C that comes too late for one must not end a session. Children do not inherit a handler. */
static void rest(void) { set_signals(in_session ? ignore : SIG_DFL, SIG_DFL); }

/* Calls the function below its nargs arguments as lua_pcall does, with tracebacks and with Ctrl-C. The one place where
** user code is run. [-(nargs + 1), +(nresults|1), -] */
static int protected_call(lua_State *L, int nargs, int nresults) {
  int base = lua_gettop(L) - nargs;
  int status;
  lua_pushcfunction(L, message_handler);
  lua_insert(L, base);
  running = L;
  interrupted = insistent = 0;
  set_signals(on_signal, on_signal);
  status = lua_pcall(L, nargs, nresults, base);
  rest();
  if (in_session && lua_gethook(L) == raise_interrupt)
    lua_sethook(L, NULL, 0, 0); /* it came when all was over */
  lua_remove(L, base);
  return status;
}

/* os.exit([code [, close]]) as in lua, after the end of the run has been seen to. */
static int host_exit(lua_State *L) {
  int status = lua_isboolean(L, 1) ? (lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE)
                                   : (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
  status = thrL_ending_finish(L, status);
  if (lua_toboolean(L, 2))
    lua_close(L);
  exit(status);
}

/* ---- the prompt ---- */

static void prepare_prompt(lua_State *L) {
  thrL_push_module(L, "thrive.repl");
  thrL_prompt_prepare(L);
}

/* Leaves the stack empty. Whatever was interrupted in there was not the end of the session, but SIGTERM is. */
static int run_prompt(lua_State *L) {
  static const thrL_prompt_host host = {protected_call, report, &interrupted};
  const char *name = program;
  program = NULL;
  in_session = thrL_prompt_is_session(L);
  rest();
  interrupted = thrL_prompt_run(L, &host);
  in_session = 0;
  rest();
  program = name;
  return interrupted ? LUA_ERRRUN : LUA_OK;
}

/* ---- the steps ---- */

/* Where they are on the stack of run(). Two values, as many as lua has there: stack overflows come at the same depth. */
enum { PLAN = 1, OPTIONS = 2 };

typedef struct arguments {
  int argc;
  char **argv;
} arguments;

static void print_copyright(void) {
  puts(LUA_COPYRIGHT);
  fflush(stdout);
}

/* Runs the chunk on the top, if loading it went well. [-1, +0, -] */
static int run_chunk(lua_State *L, int status) {
  if (status == LUA_OK)
    status = protected_call(L, 0, 0);
  return report(L, status);
}

/* Runs what LUA_INIT_5_4, else LUA_INIT, holds: a chunk, or the name of a file after "@". */
static int run_init(lua_State *L) {
  const char *name = "=LUA_INIT" LUA_VERSUFFIX; /* of the chunk; after the "=", of the variable */
  const char *init = getenv(name + 1);
  if (init == NULL) {
    name = "=LUA_INIT";
    init = getenv(name + 1);
  }
  if (init == NULL)
    return LUA_OK;
  if (init[0] == '@')
    return run_chunk(L, luaL_loadfile(L, init + 1));
  return run_chunk(L, luaL_loadbuffer(L, init, strlen(init), name));
}

/* What a length, which scripts can make up, means as a number of arguments: never negative, and where it is too many
** still too many as an int. */
static int count_arguments(lua_Integer n) { return n < 0 ? 0 : n > INT_MAX / 2 ? INT_MAX / 2 : (int)n; }

/* Loads a file (NULL: standard input) and calls it with what the global 'arg' holds by now. */
static int run_script(lua_State *L, const char *file) {
  int status = luaL_loadfile(L, file);
  if (status == LUA_OK) {
    int n, i;
    if (lua_getglobal(L, "arg") != LUA_TTABLE)
      luaL_error(L, "'arg' is not a table");
    n = count_arguments(luaL_len(L, -1));
    luaL_checkstack(L, n + 3, "too many arguments to script");
    for (i = 1; i <= n; i++)
      lua_rawgeti(L, -i, i);
    lua_remove(L, -1 - n);
    status = protected_call(L, n, LUA_MULTRET);
  }
  return report(L, status);
}

/* Runs a module instead of a script: its run(words, plan), words being the arguments behind the one at 'script'. Its result
** is the exit status. [-0, +0, e] */
static int run_program(lua_State *L, const arguments *a, const char *module, int *exit_status) {
  int status;
  lua_getglobal(L, "require");
  lua_pushstring(L, module);
  status = protected_call(L, 1, 1);
  if (status == LUA_OK) {
    int i, script;
    lua_getfield(L, -1, "run");
    lua_remove(L, -2);
    lua_getfield(L, PLAN, "script");
    script = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_newtable(L);
    for (i = script + 1; i < a->argc; i++) {
      lua_pushstring(L, a->argv[i]);
      lua_rawseti(L, -2, i - script);
    }
    lua_pushliteral(L, LUA_RELEASE); /* for its --version */
    lua_setfield(L, PLAN, "release");
    lua_pushvalue(L, PLAN);
    status = protected_call(L, 2, 1);
    if (status == LUA_OK) {
      *exit_status = (int)lua_tointeger(L, -1);
      lua_pop(L, 1);
    }
  }
  return report(L, status);
}

/* Runs one step, a list { kind, string, string } on the top, which it pops. cli.lua describes them. *exit_status is only
** written by a step that has one of its own. */
static int run_step(lua_State *L, const arguments *a, int *exit_status) {
  int step = lua_gettop(L), status = LUA_OK;
  const char *kind, *first, *second;
  size_t size = 0;
  lua_rawgeti(L, step, 1);
  lua_rawgeti(L, step, 2);
  lua_rawgeti(L, step, 3);
  kind = lua_tostring(L, step + 1);
  first = lua_tolstring(L, step + 2, &size); /* NULL where the list has false or nothing */
  second = lua_tostring(L, step + 3);
  lua_settop(L, step - 1); /* nothing of ours stays below what is run; the strings live on in the plan */
  if (strcmp(kind, "warnings") == 0) {
    lua_warning(L, "@on", 0);
  } else if (strcmp(kind, "text") == 0) {
    status = run_chunk(L, luaL_loadbuffer(L, first, size, second));
  } else if (strcmp(kind, "library") == 0) {
    lua_getglobal(L, "require");
    lua_pushstring(L, second);
    status = protected_call(L, 1, 1);
    if (status == LUA_OK)
      lua_setglobal(L, first);
    report(L, status);
  } else if (strcmp(kind, "script") == 0) {
    status = run_script(L, first);
    lua_settop(L, step - 1); /* what the script returned */
  } else if (strcmp(kind, "program") == 0) {
    status = run_program(L, a, first, exit_status);
  } else if (strcmp(kind, "default") == 0 && !isatty(STDIN_FILENO)) {
    /* As in lua, an error is reported and yet the exit code is 0 (with the script "-" it is 1). Ctrl-C does count. */
    status = run_chunk(L, luaL_loadfile(L, NULL));
    if (!interrupted)
      status = LUA_OK;
  } else { /* "interactive", or "default" on a terminal; leaves the stack empty: always the last step */
    if (kind[0] == 'd')
      print_copyright();
    status = run_prompt(L);
  }
  return status;
}

/* ---- the program ---- */

/* The arguments as a table with the one at 'origin' at index 0. [-0, +1, m] */
static void push_arguments(lua_State *L, const arguments *a, int origin) {
  int i;
  lua_createtable(L, a->argc > origin ? a->argc - origin - 1 : 0, origin + 1);
  for (i = 0; i < a->argc; i++) {
    lua_pushstring(L, a->argv[i]);
    lua_rawseti(L, -2, i - origin);
  }
}

static int host_require(lua_State *L) {
  thrL_push_module(L, luaL_checkstring(L, 1));
  return 1;
}

/* Leaves the plan and the table of longopts.lua (nil when it is not needed) as the only values on the stack. [-0, +2, e] */
static void make_plan(lua_State *L, const arguments *a) {
  luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
  lua_settop(L, 0);
  thrL_push_module(L, "thrive.cli");
  lua_getfield(L, 1, "parse");
  push_arguments(L, a, 0);
  lua_pushstring(L, program);
  lua_rawseti(L, -2, 0);
  lua_pushcfunction(L, host_require);
  lua_call(L, 2, 1);
  lua_replace(L, 1);
  lua_getfield(L, 1, "options");
}

static int plan_flag(lua_State *L, const char *name) {
  int flag;
  lua_getfield(L, PLAN, name);
  flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

/* Calls a function of longopts.lua that gives the text of --help or --version, and prints it. [-0, +0, -] */
static int print_text(lua_State *L, const char *function, const char *argument) {
  int status;
  lua_getfield(L, OPTIONS, function);
  lua_pushstring(L, argument);
  status = protected_call(L, 1, 1);
  if (status == LUA_OK) {
    fputs(lua_tostring(L, -1), stdout);
    lua_pop(L, 1);
  }
  return report(L, status);
}

/* Puts long options into effect. A reason that it returns is printed as it is, an error with a traceback. Returns the exit
** status, 0 when all is well. */
static int set_up(lua_State *L) {
  int status;
  lua_pushvalue(L, OPTIONS);
  lua_setfield(L, LUA_REGISTRYINDEX, "thrive.longopts"); /* keeps the sandbox until the state is closed */
  lua_getfield(L, OPTIONS, "setup");
  lua_pushvalue(L, PLAN);
  status = protected_call(L, 1, 3);
  if (status != LUA_OK) {
    report(L, status);
    return raised_status;
  }
  status = EXIT_SUCCESS;
  if (!lua_toboolean(L, -3)) {
    status = (int)luaL_optinteger(L, -1, EXIT_FAILURE);
    lua_pop(L, 1);
    report(L, LUA_ERRRUN);
    lua_pop(L, 1);
    return status;
  }
  lua_pop(L, 3);
  return status;
}

static void open_libraries(lua_State *L) {
  luaL_openlibs(L);
  lua_getglobal(L, LUA_OSLIBNAME);
  lua_pushcfunction(L, host_exit);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 1);
  thrL_modules_open(L);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_pushvalue(L, PLAN);
  lua_setfield(L, -2, "thrive.host"); /* how the module knows that it runs in here */
  lua_pop(L, 1);
}

/* Everything that the command line asks for. Stack: PLAN, OPTIONS. Returns the exit status. */
static int run_plan(lua_State *L, const arguments *a, int ignore_environment) {
  lua_Integer i, n = (lua_Integer)lua_rawlen(L, PLAN);
  int status = EXIT_SUCCESS;
  if (lua_toboolean(L, OPTIONS) && (status = set_up(L)) != EXIT_SUCCESS)
    return status;
  if (!ignore_environment && run_init(L) != LUA_OK)
    return raised_status;
  for (i = 1; i <= n; i++) {
    const char *kind;
    lua_rawgeti(L, PLAN, i);
    lua_rawgeti(L, -1, 1);
    kind = lua_tostring(L, -1);
    lua_pop(L, 1);
    raised_status = EXIT_FAILURE; /* a step that does not get as far as raising anything */
    if (strcmp(kind, "help") == 0 || strcmp(kind, "version") == 0) {
      lua_pop(L, 1);
      if (print_text(L, kind, kind[0] == 'h' ? program : LUA_RELEASE) != LUA_OK)
        return EXIT_FAILURE;
    } else if (run_step(L, a, &status) != LUA_OK)
      return raised_status;
  }
  return status;
}

/* Everything that can raise. Argument: the arguments. Returns the exit status. */
static int run(lua_State *L) {
  const arguments *a = lua_touserdata(L, 1);
  lua_Integer script;
  int ignore_environment, status;
  if (a->argc > 0 && a->argv[0][0] != '\0')
    program = a->argv[0];
  lua_gc(L, LUA_GCSTOP); /* start-up makes no garbage worth looking for */
  make_plan(L, a);
  if (lua_getfield(L, PLAN, "failure") == LUA_TSTRING) {
    fputs(lua_tostring(L, -1), stderr);
    fflush(stderr);
    lua_getfield(L, PLAN, "status");
    return 1;
  }
  lua_getfield(L, PLAN, "script");
  script = lua_tointeger(L, -1);
  lua_settop(L, 2);
  if (plan_flag(L, "copyright"))
    print_copyright();
  ignore_environment = plan_flag(L, "ignore_environment");
  if (ignore_environment) {
    lua_pushboolean(L, 1); /* read by the package library when it opens */
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  open_libraries(L);
  push_arguments(L, a, script < a->argc ? (int)script : 0);
  lua_setglobal(L, "arg");
  lua_getglobal(L, "require");
  lua_pushliteral(L, "thrive");
  lua_call(L, 1, 1);
  lua_setglobal(L, "thrive");
  if (plan_flag(L, "interactive"))
    prepare_prompt(L);
  lua_gc(L, LUA_GCRESTART);
  lua_gc(L, LUA_GCGEN, 0, 0); /* as lua does; none was faster (bench/README.md) */
  status = run_plan(L, a, ignore_environment);
  if (interrupted && (status == EXIT_FAILURE || status == 128 + SIGINT)) /* 130: a program's run() */
    status = 128 + (int)interrupted; /* what a shell says of a program that a signal ended; lua has 1 */
  lua_settop(L, 0);
  lua_pushinteger(L, thrL_ending_finish(L, status));
  return 1;
}

/* Where whoever started this program has closed a standard descriptor, the next socket would get its number, and what is
** printed would go into a connection. Such a one is opened the wrong way round: using it fails, as it would have. */
static void hold_standard_descriptors(void) {
  int fd;
  for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) /* open takes the lowest number that is free: this one */
      open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv) {
  arguments a;
  struct sigaction action;
  int status = EXIT_FAILURE;
  lua_State *L;
  hold_standard_descriptors();
  L = thr_state_new();
  if (L == NULL) {
    print_message(argv[0], "cannot create state: not enough memory");
    return EXIT_FAILURE;
  }
  a.argc = argc;
  a.argv = argv;
  thr_screen_catch_signals();
  keep_sigterm = sigaction(SIGTERM, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, &a);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK)
    status = (int)lua_tointeger(L, -1);
  else
    report(L, LUA_ERRRUN);
  thr_state_close(L);
  return status;
}
