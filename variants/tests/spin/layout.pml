/* Where things are in the memory of the model, and what their values mean. */

/* Of each task. */
#define STATE(t)      ((t) * 8)
#define ON_RQ(t)      ((t) * 8 + 1)
#define SIGPENDING(t) ((t) * 8 + 2)
#define NOTIFY(t)     ((t) * 8 + 3)
#define PENDING(t)    ((t) * 8 + 4)
#define EXITING(t)    ((t) * 8 + 5)
#define EXIT_STATE(t) ((t) * 8 + 6)
#define UFLAGS(t)     ((t) * 8 + 7)

/* Of the process. */
#define SHARED     16
#define STOP_COUNT 17
#define SIG_FLAGS  18
#define SIGLOCK    19
#define TASKLIST   20
#define RQ_LOCK(t) (21 + (t))

/* What the scenarios wait for. */
#define HAS_STOPPED   23
#define GROUP_STOPPED 24
#define UTRACE        25

#define RUNNING 0
#define STOPPED 1
#define TRACED  2

#define KILL 1
#define STOP 2

#define STOP_STOPPED  1
#define STOP_DEQUEUED 2
#define GROUP_EXIT    4

#define SIGKILL 9

/* Of utrace, and of the engine. */
#define ULOCK     UTRACE
#define FLAG      (UTRACE + 1)  /* utrace->stopped */
#define REPORT    (UTRACE + 2)
#define DYING     (UTRACE + 3)  /* utrace->death */
#define REPORTING (UTRACE + 4)
#define OPS       (UTRACE + 5)
#define FLAGS     (UTRACE + 6)
#define LISTED    (UTRACE + 7)

#define ENTRY       1
#define SIGNAL      2
#define EXIT        4
#define DEATH       8
#define QUIESCE     16
#define REAP        32
#define ENGINE_STOP 64

#define GONE     0
#define OWN      1
#define DETACHED 2

#define AGAIN 9

byte tasks;
byte exit_code;

/* What only the final look needs: whether somebody holds the task, whether a group stop is in force. */
bool held;
bool group_stopped;

/* What a thread has of its own; scratch, but for `action`, `takers` and `detaches`, which are those of a report. */
#define LOCALS byte at, seen, r, f, n, want, ops, flags, action, taken, detaches, takers, other, ret, resume, gone
