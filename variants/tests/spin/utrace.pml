/*
 * utrace as the commits have it, for one engine on task 0: utrace_stop, finish_utrace_stop, utrace_finish_jctl,
 * utrace_do_stop, utrace_wakeup, utrace_reset, utrace_control, the reporting passes, utrace_get_signal, utrace_resume.
 *
 *   -DSTOPPED_LOCKED    3e0a686d625, with `stopped`, looked at under the lock
 *   -DSTOPPED_LOCKLESS  d87e8c43aef, looked at without it
 *   -DUNLOCK_WAIT       28b2774bf46 and e2ced717929 on that base: no `stopped`, spin_unlock_wait
 *   -DALWAYS_LOCK       the same, and a killed task takes the lock (and one that is not killed)
 *   -DNO_WAIT           the same, and a killed task does not wait
 *
 * Left out: INTERRUPT, signal handlers, the list of engines that attach (no scenario here attaches), reaping.
 * The mutants (-DMUTANT_...) are for the test, which must notice them.
 */

#if defined(STOPPED_LOCKED) || defined(STOPPED_LOCKLESS)
#define HAS_FLAG 1
#else
#define HAS_FLAG 0
#endif

/* The tracer has the lock and takes the task for stopped (C15). No memory of the machine. */
bool believed;

#ifdef ASK_C15
#define ASK_BELIEVED() if :: believed -> SAY(me, W_BELIEVED, 0, 0) :: else fi
#define BELIEVE(value) believed = value
#else
#define ASK_BELIEVED() skip
#define BELIEVE(value) skip
#endif

inline fatal_signal_pending()
{
	LOAD(r, SIGPENDING(me));
	LOAD(f, PENDING(me));
	r = r && (f & KILL)
}

/* ---- what a task does when it has slept ---- */

#if HAS_FLAG

inline look_at_flag()
{
	LOAD(r, FLAG);
	if
	:: r ->
#ifdef STOPPED_LOCKLESS
		LOCK(ULOCK);
#endif
		LOCK(SIGLOCK);
		LOAD(f, PENDING(me));
		UNLOCK(SIGLOCK);
		if
		:: !(f & KILL) -> SAY(me, W_WARN, 0, 0)
		:: else
		fi;
		STORE(FLAG, 0);
		ret = 1;
#ifdef STOPPED_LOCKLESS
		UNLOCK(ULOCK)
#endif
	:: else
	fi
}

inline finish_stop()
{
#ifdef STOPPED_LOCKED
	LOCK(ULOCK);
	look_at_flag();
	UNLOCK(ULOCK)
#else
	look_at_flag()
#endif
}

inline finish_jctl()
{
	LOAD(r, FLAG);
	if
	:: r ->
		LOCK(ULOCK);
		STORE(FLAG, 0);
		UNLOCK(ULOCK)
	:: else
	fi
}

#else

inline finish_stop()
{
#if defined(UNLOCK_WAIT)
	LOAD(f, PENDING(me));
	if
	:: f & KILL -> wait_unlocked(ULOCK)
	:: else
	fi
#elif defined(ALWAYS_LOCK)
	LOCK(ULOCK);
	UNLOCK(ULOCK)
#else
	skip
#endif
}

inline finish_jctl() { finish_stop() }

#endif

/* ---- the task stops ---- */

inline stop_task(report_later)
{
#if HAS_FLAG
	LOAD(r, FLAG);
	if
	:: r -> BUG()
	:: else
	fi;
#endif
	LOCK(ULOCK);
	LOCK(SIGLOCK);
	LOAD(f, PENDING(me));
	if
	:: f & KILL ->
		UNLOCK(SIGLOCK);
		UNLOCK(ULOCK);
		ret = 1
	:: else ->
		if
		:: report_later -> STORE(REPORT, 1); SET_BIT(NOTIFY(me))
		:: else
		fi;
#if HAS_FLAG
		STORE(FLAG, 1);
#endif
		STORE(STATE(me), TRACED);
		LOAD(n, STOP_COUNT);
		if
		:: n ->
			STORE(STOP_COUNT, n - 1);
			if
			:: n == 1 -> STORE(SIG_FLAGS, STOP_STOPPED)
			:: else
			fi
		:: else
		fi;
		STORE(HAS_STOPPED, 1);
		UNLOCK(SIGLOCK);
		UNLOCK(ULOCK);
		schedule();
		ret = 0;
		finish_stop();
		LOCK(SIGLOCK);
		recalc_sigpending();
		UNLOCK(SIGLOCK)
	fi
}

/* ---- who makes a task stop, and lets it go; both with the lock held ---- */

/* Locked instruction: test_and_set_bit. */
inline ask_for_report()
{
	LOAD(r, REPORT);
	if
	:: !r -> STORE(REPORT, 1); SET_BIT(NOTIFY(0))
	:: else
	fi
}

/* `ret`: it is stopped. */
inline do_stop()
{
#if HAS_FLAG
	ret = 0;
	LOCK(SIGLOCK);
	LOAD(r, EXIT_STATE(0));
	if
	:: r ->
		LOAD(r, UFLAGS(0));
		if
		:: !(r & (DEATH | QUIESCE)) -> STORE(FLAG, 1); ret = 1
		:: else
		fi
	:: else ->
		LOAD(r, STATE(0));
		if
		:: r == STOPPED ->
#ifndef MUTANT_DO_STOP_LEAVES_STOPPED
			STORE(STATE(0), TRACED);
#endif
			STORE(FLAG, 1);
			ret = 1
		:: else -> ask_for_report()
		fi
	fi;
	UNLOCK(SIGLOCK)
#else
	LOAD(r, STATE(0));
	if
	:: r == STOPPED ->
		LOCK(SIGLOCK);
		LOAD(r, STATE(0));
		if
#ifndef MUTANT_DO_STOP_LEAVES_STOPPED
		:: r == STOPPED -> STORE(STATE(0), TRACED)
#endif
		:: else
		fi;
		UNLOCK(SIGLOCK)
	:: else -> ask_for_report()
	fi;
	LOAD(r, STATE(0));
	ret = (r == TRACED)
#endif
}

inline wakeup()
{
#if HAS_FLAG
#ifndef MUTANT_WAKEUP_KEEPS_FLAG
	STORE(FLAG, 0);
#endif
#endif
	LOCK(SIGLOCK);
	LOAD(r, STATE(0));
	LOAD(f, SIG_FLAGS);
	LOAD(n, STOP_COUNT);
	if
	:: HAS_FLAG && r == RUNNING
#ifndef MUTANT_WAKEUP_FORGETS_GROUP_STOP
	:: !(HAS_FLAG && r == RUNNING) && ((f & STOP_STOPPED) || n) -> STORE(STATE(0), STOPPED)
	:: !(HAS_FLAG && r == RUNNING) && !((f & STOP_STOPPED) || n) ->
#else
	:: !(HAS_FLAG && r == RUNNING) ->
#endif
#if HAS_FLAG
		wake_up(0, STOPPED | TRACED)
#else
		wake_up(0, TRACED)
#endif
	fi;
	UNLOCK(SIGLOCK)
}

/* The lock is held, and is dropped. `outside`: by a tracer. Otherwise the caller's action is reset if all detached. */
inline reset(outside)
{
	flags = 0;
	gone = outside; /* whether to wake it */
	LOAD(r, LISTED);
	if
	:: r ->
		LOAD(r, OPS);
		if
		:: r == DETACHED -> STORE(OPS, GONE); STORE(LISTED, 0)
		:: else ->
			LOAD(f, FLAGS);
			flags = f | REAP;
			gone = gone && !(f & ENGINE_STOP)
		fi
	:: else
	fi;
	LOAD(r, EXIT_STATE(0));
	if
	:: r -> flags = flags & REAP; gone = 0
	:: else
	fi;
	STORE(UFLAGS(0), flags & ~ENGINE_STOP);
#if !HAS_FLAG
	LOAD(r, STATE(0));
	gone = gone && r == TRACED;
#endif
	BELIEVE(false);
	if
	:: gone -> wakeup()
	:: else
	fi;
	gone = 0;
	UNLOCK(ULOCK);
	if
	:: !flags && !(outside) -> action = A_RESUME
	:: else
	fi;
	flags = 0
}

/* ---- reporting ---- */

inline start_report()
{
#if HAS_FLAG
	LOAD(r, FLAG);
	if
	:: r -> BUG()
	:: else
	fi;
#endif
	LOAD(r, REPORT);
	if
	:: r ->
		LOCK(ULOCK);
		STORE(REPORT, 0);
		UNLOCK(ULOCK)
	:: else
	fi
}

inline start_of_reporting()
{
#ifndef MUTANT_REPORTING_UNSET
	STORE(REPORTING, 1);
#endif
	FENCE
}

/* `gone`: it detached. */
inline finish_callback(answer)
{
	LOAD(ops, OPS);
	if
	:: (answer) == A_DETACH || ops == DETACHED ->
		STORE(OPS, DETACHED);
		detaches = 1
	:: else ->
		if
		:: (answer) < action -> action = answer
		:: else
		fi;
		LOAD(f, FLAGS);
		if
		:: ((answer) == A_STOP) != ((f & ENGINE_STOP) != 0) ->
			LOCK(ULOCK);
			LOAD(f, FLAGS);
			if
			:: (answer) == A_STOP -> STORE(FLAGS, f | ENGINE_STOP)
			:: else -> STORE(FLAGS, f & ~ENGINE_STOP)
			fi;
			UNLOCK(ULOCK)
		:: else
		fi
	fi;
	STORE(REPORTING, 0);
	LOAD(ops, OPS);
	gone = (ops == DETACHED)
}

/* The QUIESCE callback is that of a detached engine: no engine here asks for QUIESCE. `taken`: the event's is wanted. */
inline start_callback(event)
{
	taken = 0;
	start_of_reporting();
	LOAD(want, FLAGS);
	LOAD(ops, OPS);
	gone = 0;
	if
	:: want & QUIESCE ->
		assert(ops == DETACHED);
		finish_callback(A_DETACH)
	:: else
	fi;
	if
	:: gone
	:: else ->
		if
		:: want & ENGINE_STOP -> action = A_STOP
		:: else
		fi;
		if
		:: want & (event) -> takers = 1; taken = 1
		:: else -> STORE(REPORTING, 0)
		fi
	fi;
	want = 0;
	gone = 0
}

/* The flags are those from before `control` detached the engine and the ops those from behind: a null call. */
inline callback(event, what, argument, answer)
{
	LOAD(r, LISTED);
	if
	:: r ->
		start_callback(event);
		if
		:: taken && ops == DETACHED -> BUG()
		:: taken && ops != DETACHED ->
			ASK_BELIEVED();
			SAY(me, what, argument, ((what) == W_DEATH -> 0 : action));
			finish_callback(answer);
			gone = 0
		:: else
		fi;
		ops = 0;
		taken = 0
	:: else
	fi
}

inline begin_pass()
{
	action = A_RESUME;
	detaches = 0;
	takers = 0
}

inline end_of_pass()
{
	detaches = 0;
	takers = 0
}

inline finish_report()
{
	LOAD(r, REPORT);
	if
	:: action <= A_REPORT && !r ->
		LOCK(ULOCK);
		STORE(REPORT, 1);
		SET_BIT(NOTIFY(me));
		if
		:: takers && !detaches -> UNLOCK(ULOCK)
		:: else -> reset(0)
		fi
	:: else ->
		if
		:: takers && !detaches
		:: else -> LOCK(ULOCK); reset(0)
		fi
	fi;
	end_of_pass()
}

/* ---- hooks ---- */

inline syscall_entry()
{
	ret = 0;
	LOAD(r, UFLAGS(me));
	if
	:: r & ENTRY ->
		begin_pass();
		start_report();
		callback(ENTRY, W_ENTRY, 0, A_STOP);
		finish_report();
		if
		:: action == A_STOP ->
			stop_task(0);
#if !HAS_FLAG || defined(MUTANT_ASKS_FOR_THE_SIGNAL)
			fatal_signal_pending();
			ret = r
#endif
		:: else
		fi;
		action = 0
	:: else
	fi;
#ifdef MUTANT_IGNORES_THE_KILL
	ret = 0;
#endif
	if
	:: ret -> SAY(me, W_ABORTED, 0, 0)
	:: else -> SAY(me, W_LET_THROUGH, 0, 0)
	fi;
	ret = 0
}

inline report_exit()
{
	begin_pass();
	start_report();
	callback(EXIT, W_EXIT, exit_code, A_RESUME);
	finish_report();
	if
	:: action == A_STOP -> stop_task(0)
	:: else
	fi;
	action = 0;
	ret = 0
}

inline report_death()
{
	begin_pass();
	LOCK(ULOCK);
	STORE(DYING, 1);
	STORE(REPORT, 0);
	UNLOCK(ULOCK);
	callback(DEATH, W_DEATH, 0, A_RESUME);
	LOCK(ULOCK);
	STORE(DYING, 0);
	reset(0);
	end_of_pass();
	action = 0
}

/* siglock is held. `ret`: a signal; 0, none; AGAIN, siglock is dropped and the caller starts over. */
inline utrace_get_signal()
{
	LOAD(r, REPORT);
	if
	:: r ->
		UNLOCK(SIGLOCK);
		LOCK(ULOCK);
		STORE(REPORT, 0);
		LOAD(r, SIGPENDING(me));
		if
		:: r ->
			LOCK(SIGLOCK);
			recalc_sigpending();
			UNLOCK(SIGLOCK)
		:: else
		fi;
		UNLOCK(ULOCK);
		begin_pass();
		LOAD(r, LISTED);
		if
		:: r ->
			start_of_reporting();
			LOAD(want, FLAGS);
			LOAD(ops, OPS);
			if
			:: want & QUIESCE ->
				assert(ops == DETACHED);
				finish_callback(A_DETACH)
			:: else -> STORE(REPORTING, 0)
			fi;
			want = 0;
			ops = 0;
			gone = 0
		:: else
		fi;
		/* Nobody took it: there was no event. */
		LOCK(ULOCK);
		reset(0);
		end_of_pass();
		action = 0;
		ret = AGAIN;
#if !HAS_FLAG
		fatal_signal_pending();
		if
		:: r ->
			LOCK(SIGLOCK);
			dequeue(KILL)
		:: else
		fi
#endif
	:: else -> dequeue(KILL | STOP)
	fi
}

/* Behind it the task is in user mode or handles signals. */
inline utrace_resume()
{
	begin_pass();
	start_report();
	LOAD(r, LISTED);
	if
	:: r -> start_callback(0); ops = 0
	:: else
	fi;
	LOCK(ULOCK);
	reset(0);
	end_of_pass();
	if
	:: action == A_STOP -> stop_task(0)
	:: else
	fi;
	action = 0;
	ret = 0
}

/* ---- the tracer ---- */

#define ANSWER(request, error) SAY(me, W_CONTROL, request, error)

/* Nobody has answered yet: the request is carried out, `resume` saying whether the task is stopped. */
inline carry_out(request)
{
	LOAD(f, FLAGS);
	STORE(FLAGS, f & ~ENGINE_STOP);
	ret = OK;
	if
	:: (request) == A_STOP ->
		LOAD(f, FLAGS);
		STORE(FLAGS, f | ENGINE_STOP);
		if
		:: !resume ->
			do_stop();
			resume = ret;
			if
			:: ret -> BELIEVE(true); ret = OK
			:: else -> ret = EINPROGRESS
			fi
		:: else -> BELIEVE(true)
		fi;
		resume = 0
	:: (request) == A_DETACH ->
		STORE(OPS, DETACHED);
		FENCE; /* smp_wmb, and more: it drains the buffer. S8 and S16, which DETACH, run without buffers */
#ifndef MUTANT_DETACH_KEEPS_FLAGS
		STORE(FLAGS, QUIESCE);
#endif
		if
		:: !resume ->
			do_stop();
			resume = ret;
			ret = OK
		:: else
		fi;
		if
		:: resume -> BELIEVE(true)
		:: else ->
			FENCE;
			LOAD(r, REPORTING);
			if
			:: r -> ret = EINPROGRESS
			:: else
			fi
		fi
	:: (request) == A_SINGLESTEP || (request) == A_BLOCKSTEP ->
		if
		:: resume -> BELIEVE(true)
		:: else -> ret = EAGAIN
		fi
	:: else ->
		if
		:: resume -> BELIEVE(true)
		:: else
		fi
	fi;
	n = ret;
	if
	:: resume -> other = n; reset(1); n = other; other = 0
	:: else -> BELIEVE(false); UNLOCK(ULOCK)
	fi;
	resume = 0;
	ANSWER(request, n)
}

inline control(request)
{
	LOAD(ops, OPS);
	if
	:: ops != OWN -> ANSWER(request, ESRCH)
	:: else ->
		LOCK(ULOCK);
		LOAD(ops, OPS);
		if
		:: ops != OWN -> UNLOCK(ULOCK); ANSWER(request, ESRCH)
		:: else ->
#if HAS_FLAG
			LOAD(r, EXIT_STATE(0));
			seen = r;
			LOAD(resume, FLAG);
#ifdef MUTANT_NEVER_STOPPED
			resume = 0;
#endif
#else
			LOAD(r, STATE(0));
			resume = (r == TRACED);
#ifdef MUTANT_NEVER_STOPPED
			resume = 0;
#endif
			LOAD(r, EXIT_STATE(0));
			seen = r;
			resume = resume || seen;
#endif
			LOAD(f, DYING);
			if
			:: seen && (request) != A_DETACH -> UNLOCK(ULOCK); ANSWER(request, ESRCH)
			:: seen && (request) == A_DETACH && f -> UNLOCK(ULOCK); ANSWER(request, EALREADY)
			:: else -> carry_out(request)
			fi;
			seen = 0;
			resume = 0
		fi
	fi;
	ops = 0
}

/* ---- the end ---- */

proctype outcome()
{
	timeout ->
	held = mem[LISTED] && (mem[FLAGS] & ENGINE_STOP);
	group_stopped = (mem[SIG_FLAGS] & STOP_STOPPED) || mem[STOP_COUNT];
	PRINT_OUTCOME
}

inline attached(events)
{
	mem[OPS] = OWN;
	mem[FLAGS] = events;
	mem[LISTED] = 1;
	mem[UFLAGS(0)] = (events) | REAP
}
